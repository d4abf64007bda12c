/**
 * The test kit that any backend runs: its plans, and what they do to a real kernel.
 *
 * @module
 */
export { backendConformance, kernelConformance, planConformance } from './conformance.js';
export type { ConformanceSubject, UnderlayKind } from './subject.js';
