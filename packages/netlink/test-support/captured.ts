import { expect } from 'vitest';
import type { NetlinkRequest } from '../src/socket/request.js';
import { fromHex } from './corpus.js';

/** Flags that the socket sets, so no encoder does: NLM_F_REQUEST and NLM_F_ACK. */
const SOCKET_FLAGS = 0x5;

/**
 * Compares a request with a whole message of iproute2 6.1, seen by `strace -e write`: type, flags, fixed header, and
 * attributes in any order.
 */
export function expectSameAsCaptured(
  request: NetlinkRequest,
  headerLength: number,
  captured: string,
): void {
  const message = Buffer.from(fromHex(captured));
  const told = Buffer.from(request.body);
  expect(request.type).toBe(message.readUInt16LE(4));
  expect(request.flags).toBe(message.readUInt16LE(6) & ~SOCKET_FLAGS);
  expect(told.toString('hex', 0, headerLength)).toBe(
    message.toString('hex', 16, 16 + headerLength),
  );
  expect(attributesOf(told.subarray(headerLength))).toEqual(
    attributesOf(message.subarray(16 + headerLength)),
  );
}

function attributesOf(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += (bytes.readUInt16LE(at) + 3) & ~3) {
    found.push(bytes.toString('hex', at, at + bytes.readUInt16LE(at)));
  }
  return found.sort();
}
