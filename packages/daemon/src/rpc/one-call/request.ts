import { type Frame, flag, frameType, initialWindowSize, readFrames } from './frames.js';
import { decodeFirstBlock, type HeaderField } from './hpack.js';

/** A unary gRPC call that came whole, with the first bytes of its connection. */
export interface OneCall {
  /** Number of its stream. */
  readonly stream: number;
  /** `/poplin.cni.v1.CniService/Add` */
  readonly path: string;
  /** How long the caller waits, milliseconds; absent when for ever. */
  readonly timeoutMs?: number;
  /** The request, encoded. */
  readonly message: Buffer;
}

/**
 * Most bytes of an answer's message, and of the rest of the answer. Who has not granted as much beforehand, for its stream and for
 * the connection, has to be asked in between.
 */
export const maxAnswer = 4 * 1024 * 1024;
const allowance = maxAnswer + 5;

/** The window of a stream and of a connection of which nothing has been said: RFC 9113, section 6.9.2. */
const defaultWindow = 65_535;

/** The compressed flag and the length in front of a message: gRPC over HTTP/2, "Length-Prefixed-Message". */
const prefixSize = 5;

/**
 * Reads a connection's first bytes as one unary gRPC call: preface, settings, windows, one header block, the message, the end of the
 * stream, and nothing else.
 *
 * @returns `undefined` for all else, which a real HTTP/2 session has to judge: calls that come in pieces or together, compressed ones,
 *   other clients' habits, and what is malformed.
 */
export function readOneCall(bytes: Buffer): OneCall | undefined {
  const frames = readFrames(bytes);
  if (!frames) return undefined;
  const start = frames.findIndex(({ type }) => type === frameType.headers);
  const [headers, ...rest] = frames.slice(Math.max(0, start));
  if (start < 1 || !headers || !isWhole(headers, rest)) return undefined;
  if (!grantsEnough(frames.slice(0, start))) return undefined;
  const message = unframed(Buffer.concat(rest.map(({ payload }) => payload)));
  const fields = decodeFirstBlock(headers.payload);
  const head = fields && headOf(fields);
  return message && head ? { stream: headers.stream, message, ...head } : undefined;
}

/** A block in one frame, and data up to the end of the stream, without padding or priority. */
function isWhole(headers: Frame, rest: readonly Frame[]): boolean {
  const { stream } = headers;
  return (
    stream % 2 === 1 &&
    headers.flags === flag.endHeaders &&
    rest.length > 0 &&
    rest.every(
      (frame, place) =>
        frame.type === frameType.data &&
        frame.stream === stream &&
        frame.flags === (place === rest.length - 1 ? flag.endStream : 0),
    )
  );
}

/** Whether a client grants windows for every answer there may be, in what it says before its call. */
function grantsEnough([settings, ...rest]: readonly Frame[]): boolean {
  if (settings?.type !== frameType.settings || settings.stream !== 0) return false;
  if (settings.flags !== 0 || settings.payload.length % 6 !== 0) return false;
  let ofStream = defaultWindow;
  for (let at = 0; at < settings.payload.length; at += 6) {
    if (settings.payload.readUInt16BE(at) !== initialWindowSize) continue;
    ofStream = settings.payload.readUInt32BE(at + 2);
  }
  let ofConnection = defaultWindow;
  for (const { type, stream, payload } of rest) {
    if (type !== frameType.windowUpdate || stream !== 0 || payload.length !== 4) return false;
    ofConnection += payload.readUInt32BE(0) & 0x7fff_ffff;
  }
  const most = 0x7fff_ffff;
  return Math.min(ofStream, ofConnection) >= allowance && Math.max(ofStream, ofConnection) <= most;
}

function unframed(body: Buffer): Buffer | undefined {
  if (body.length < prefixSize || body[0] !== 0) return undefined;
  const message = body.subarray(prefixSize);
  return body.readUInt32BE(1) === message.length && message.length <= maxAnswer
    ? message
    : undefined;
}

/** What every gRPC call says, each once; a field that is unknown here means nothing to us. */
function headOf(fields: readonly HeaderField[]): Pick<OneCall, 'path' | 'timeoutMs'> | undefined {
  const named = new Map(fields);
  const path = named.get(':path');
  const timeout = named.get('grpc-timeout');
  const timeoutMs = timeout === undefined ? undefined : millisecondsOf(timeout);
  const isCall =
    named.size === fields.length &&
    named.get(':method') === 'POST' &&
    named.get(':scheme') === 'http' &&
    named.get('te') === 'trailers' &&
    named.get('content-type') === 'application/grpc' &&
    (named.get('grpc-encoding') ?? 'identity') === 'identity';
  if (!isCall || path === undefined) return undefined;
  if (timeout === undefined) return { path };
  return timeoutMs === undefined ? undefined : { path, timeoutMs };
}

/** Units of a gRPC timeout, milliseconds. */
const units: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

function millisecondsOf(timeout: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(timeout);
  return match ? Math.ceil(Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN)) : undefined;
}
