/**
 * Writes the skeleton of a backend: npm create poplin-backend.
 *
 * @module
 */
export {};
