/**
 * Writes the skeleton of a backend: npm create poplin-backend.
 *
 * @module
 */
export { createBackend } from './create.js';
export { type BackendName, readName } from './package-name.js';
