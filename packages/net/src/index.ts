/**
 * The ground that every package of Poplin stands on: addresses, prefixes, MACs and their arithmetic, the
 * base of all errors, the shape of a log.
 *
 * @module
 */
export * from './cidr.js';
export * from './error.js';
export * from './ip.js';
export * from './log.js';
export * from './mac.js';
