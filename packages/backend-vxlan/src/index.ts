/**
 * Reaches peers by Ethernet in UDP (RFC 7348).
 *
 * @module
 */
export {};
