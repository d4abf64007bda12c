/**
 * The test kit that any backend runs against a real kernel.
 *
 * @module
 */
export {};
