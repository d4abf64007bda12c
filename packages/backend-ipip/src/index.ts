/**
 * Reaches peers by IP in IP (RFC 2003, RFC 2473).
 *
 * @module
 */
export {};
