/** Whether packets get through to each peer: asked at start, and when a peer or a backend changes. */
export type { ChecksumFinding, PathFinding, PathFindings } from './findings.js';
export { type BlindPath, type Path, type PathSources, pathsOf } from './path.js';
export { PathCheck, type PathCheckParts } from './path-check.js';
export type { ProgrammedPeer } from './peer-ways.js';
