/** Types of frames, RFC 9113, section 6. */
export const frameType = {
  data: 0,
  headers: 1,
  settings: 4,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames; `ack` is that of SETTINGS. */
export const flag = { ack: 1, endStream: 1, endHeaders: 4 } as const;

/** Identifiers of settings, RFC 9113, section 6.5.2. */
export const initialWindowSize = 4;

/** Bytes of a frame's header. */
export const frameHeaderSize = 9;

/** The most that a frame carries, bytes, unless its reader asks for more. */
export const maxPayload = 16_384;

/** The compressed flag and the length in front of a message: gRPC over HTTP/2, "Length-Prefixed-Message". */
export const messagePrefixSize = 5;

/** What a client says first, RFC 9113, section 3.4. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A frame. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The frames behind a client's preface. @returns `undefined` unless there are whole ones, and nothing besides. */
export function readFrames(bytes: Buffer): readonly Frame[] | undefined {
  if (bytes.length < preface.length || preface.compare(bytes, 0, preface.length) !== 0) {
    return undefined;
  }
  return framesFrom(bytes, preface.length);
}

/** The frames from a place on; a server's are from 0. @returns `undefined` unless there are whole ones, and nothing besides. */
export function framesFrom(bytes: Buffer, start: number): readonly Frame[] | undefined {
  const frames: Frame[] = [];
  for (let at = start; at < bytes.length; ) {
    if (at + frameHeaderSize > bytes.length) return undefined;
    const payload = at + frameHeaderSize;
    const end = payload + bytes.readUIntBE(at, 3);
    if (end > bytes.length) return undefined;
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      stream: bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
      payload: bytes.subarray(payload, end),
    });
    at = end;
  }
  return frames;
}

/** A frame as it is sent. Its payload has at most {@link maxPayload} bytes. */
export function encodeFrame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderSize + payload.length);
  writeFrameHeader(frame, 0, { length: payload.length, type, flags, stream });
  frame.set(payload, frameHeaderSize);
  return frame;
}

/** What a frame's header says. */
export interface FrameHeader {
  /** Of the payload, bytes. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/** Writes the header of a frame. @returns where its payload begins. */
export function writeFrameHeader(
  target: Buffer,
  at: number,
  { length, type, flags, stream }: FrameHeader,
): number {
  target.writeUIntBE(length, at, 3);
  target[at + 3] = type;
  target[at + 4] = flags;
  target.writeUInt32BE(stream, at + 5);
  return at + frameHeaderSize;
}

/** Cuts bytes into payloads, at least one. */
export function payloadsOf(bytes: Buffer): readonly Buffer[] {
  const count = Math.max(1, Math.ceil(bytes.length / maxPayload));
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * maxPayload, (i + 1) * maxPayload),
  );
}
