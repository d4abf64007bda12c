import { connect } from 'node:net';
import { RpcError } from '../error.js';
import {
  encodeFrame,
  flag,
  framesFrom,
  frameType,
  initialWindowSize,
  payloadsOf,
  preface,
} from './frames.js';
import { maxAnswer } from './head.js';
import { decodeFirstBlock, encodeLiterals, type HeaderField } from './hpack.js';

/** A unary call, encoded. */
export interface EncodedCall {
  /** `/poplin.cni.v1.CniService/Add` */
  readonly path: string;
  readonly message: Uint8Array;
  /** How long the caller waits, whole milliseconds, at most 8 digits; for ever by default. */
  readonly timeoutMs?: number;
}

/** Room for every answer, as the shim grants it. */
const window = maxAnswer + 1024 * 1024;

/** What RFC 9113, section 6.9.2, grants a connection of which nothing has been said. */
const defaultWindow = 65_535;

const greeting = Buffer.concat([
  preface,
  encodeFrame(frameType.settings, 0, 0, settingOf(initialWindowSize, window)),
  encodeFrame(frameType.windowUpdate, 0, 0, u32(window - defaultWindow)),
]);

/** All that a client says on a connection of one call, in one piece: what `readOneCall` takes. */
export function encodeCall({ path, message, timeoutMs }: EncodedCall): Buffer {
  const fields: HeaderField[] = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
  ];
  if (timeoutMs !== undefined) fields.push(['grpc-timeout', `${timeoutMs}m`]);
  const block = encodeLiterals(fields);
  const payloads = payloadsOf(Buffer.concat([Buffer.of(0), u32(message.length), message]));
  const data = payloads.map((payload, place) =>
    encodeFrame(frameType.data, place === payloads.length - 1 ? flag.endStream : 0, 1, payload),
  );
  return Buffer.concat([
    greeting,
    encodeFrame(frameType.headers, flag.endHeaders, 1, block),
    ...data,
  ]);
}

/**
 * Makes a call on a unix socket, in one piece and on a connection of its own, as the shim does.
 *
 * @throws {RpcError} UNANSWERED when the answer is not OK, or is none.
 */
export async function callAtOnce(socketPath: string, call: EncodedCall): Promise<void> {
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(socketPath, () => socket.write(encodeCall(call)));
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.once('error', reject).once('close', () => resolve(Buffer.concat(parts)));
  });
  const last = framesFrom(answer, 0)?.at(-1);
  const trailers = new Map(last && decodeFirstBlock(last.payload));
  if (trailers.get('grpc-status') === '0') return;
  const why = trailers.get('grpc-message') ?? 'the connection was closed';
  throw new RpcError('UNANSWERED', `${call.path}: ${decodeURI(why)}`);
}

function settingOf(identifier: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(identifier >> 8, identifier & 0xff), u32(value)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
