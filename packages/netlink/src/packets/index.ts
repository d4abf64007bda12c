/**
 * Packets by the thousand, for a thread that does nothing else: batches of UDP datagrams, TUN devices, ICMP, all on
 * memory at fixed addresses. It blocks; the event loop has `openUdp` and `openTun`.
 *
 * @module
 */
export { EAGAIN, EINTR } from '../ffi/constants.js';
export { PacketBuffers, slotSize } from './buffers.js';
export {
  type DatagramSocketOptions,
  openDatagramSocket,
  type PacketSocket,
} from './datagram-socket.js';
export { readPacket, writePacket } from './device.js';
export { openIcmpSocket, sendIcmp } from './icmp-socket.js';
export { nameWords } from './message-headers.js';
export { Readiness } from './readiness.js';
export { ReceiveBatch } from './receive-batch.js';
export { SendBatch } from './send-batch.js';
export { clearSignal, openSignal, type Signal } from './signal.js';
export { socketAddressBytes } from './socket-name.js';
