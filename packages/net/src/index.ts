/**
 * The ground that every package of Poplin stands on: addresses, prefixes, MACs and their arithmetic, the
 * base of all errors, the shape of a log, times as text, who calls and whether alone.
 *
 * @module
 */
export * from './caller.js';
export * from './cidr.js';
export * from './error.js';
export * from './ip.js';
export * from './iso-time.js';
export * from './log.js';
export * from './mac.js';
export * from './merged.js';
export * from './solitude.js';
