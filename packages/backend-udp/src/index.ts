/**
 * Reaches peers by IP packets in UDP, carried by a process: where the kernel has no tunnel.
 *
 * @module
 */
export {};
