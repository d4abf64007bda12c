import { packetCalls } from '../ffi/packet-calls.js';
import { type PacketBuffers, slotSize } from './buffers.js';

const calls = packetCalls();

/** Reads a packet from a TUN device into a slot. Returns its length, or the error's number, negated. */
export function readPacket(fd: number, buffers: PacketBuffers, slot: number): number {
  return calls.read(fd, buffers.addressAt(buffers.offsetOf(slot)), slotSize);
}

/** Hands the packet at an offset of the buffers to the kernel. Returns its length, or the error's number, negated. */
export function writePacket(
  fd: number,
  buffers: PacketBuffers,
  offset: number,
  length: number,
): number {
  return calls.write(fd, buffers.addressAt(offset), length);
}
