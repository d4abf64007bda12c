import {
  type Frame,
  flag,
  frameType,
  initialWindowSize,
  messagePrefixSize,
  readFrames,
} from './frames.js';
import { decodeFirstBlock, type HeaderField } from './hpack.js';

/** What the first bytes of a connection say about its call, up to the message. */
export interface CallHead {
  /** Number of its stream. */
  readonly stream: number;
  /** `/poplin.cni.v1.CniService/Add` */
  readonly path: string;
  /** How long the caller waits, milliseconds; absent when for ever. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Most bytes of an answer's message, and of the rest of the answer. Who has not granted as much beforehand, for its stream and for
 * the connection, has to be asked in between.
 */
export const maxAnswer = 4 * 1024 * 1024;
const allowance = maxAnswer + messagePrefixSize;

/** The window of a stream and of a connection of which nothing has been said: RFC 9113, section 6.9.2. */
const defaultWindow = 65_535;

/**
 * Reads preface, settings, windows and one header block, all of it in one frame, without padding or priority.
 *
 * @returns `undefined` for all else.
 */
export function readHead(bytes: Buffer): CallHead | undefined {
  const frames = readFrames(bytes);
  const headers = frames?.at(-1);
  if (headers?.type !== frameType.headers || headers.flags !== flag.endHeaders) return undefined;
  if (headers.stream % 2 !== 1 || !grantsEnough(frames?.slice(0, -1) ?? [])) return undefined;
  const fields = decodeFirstBlock(headers.payload);
  const head = fields && headOf(fields);
  return head && { stream: headers.stream, ...head };
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

/** What every gRPC call says, each once; a field that is unknown here means nothing to us. */
function headOf(fields: readonly HeaderField[]): Omit<CallHead, 'stream'> | undefined {
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
