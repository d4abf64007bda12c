import type { StatusObject } from '@grpc/grpc-js';
import {
  encodeFrame,
  flag,
  frameHeaderSize,
  frameType,
  maxPayload,
  messagePrefixSize,
  payloadsOf,
  writeFrameHeader,
} from './frames.js';
import { encodeLiterals, type HeaderField } from './hpack.js';

/** A status that is not OK. */
export type Failure = Pick<StatusObject, 'code' | 'details'> & Partial<StatusObject>;

/** How a call ended: with a message, encoded, or with a failure. */
export type Outcome = { readonly message: Uint8Array } | { readonly failure: Failure };

const head: readonly HeaderField[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

/** What a server says first: settings of its own, of which there are none, and that it has taken the client's. */
const greeting = Buffer.concat([
  encodeFrame(frameType.settings, 0, 0),
  encodeFrame(frameType.settings, flag.ack, 0),
]);

/** What stands before a message, and behind it; the number of the stream is written into either. */
const opening = Buffer.concat([
  greeting,
  encodeFrame(frameType.headers, flag.endHeaders, 0, encodeLiterals(head)),
]);
const closing = encodeFrame(
  frameType.headers,
  flag.endStream | flag.endHeaders,
  0,
  encodeLiterals([['grpc-status', '0']]),
);

/** Where a frame has the number of its stream. */
const streamOffset = 5;

/**
 * All that a server says on a connection of one call: its settings, then the answer as gRPC over HTTP/2 has it, "Responses". A failure
 * is a header block alone, "Trailers-Only".
 */
export function encodeAnswer(stream: number, outcome: Outcome): Buffer {
  if ('message' in outcome) return encodeMessage(stream, outcome.message);
  const block = encodeLiterals([...head, ...trailersOf(outcome.failure)]);
  return Buffer.concat([greeting, ...headerFrames(stream, block, flag.endStream)]);
}

/** All of an answer, in one allocation. */
function encodeMessage(stream: number, message: Uint8Array): Buffer {
  const size = messagePrefixSize + message.length;
  const count = Math.ceil(size / maxPayload);
  const bytes = Buffer.allocUnsafe(
    opening.length + count * frameHeaderSize + size + closing.length,
  );
  bytes.set(opening);
  bytes.writeUInt32BE(stream, greeting.length + streamOffset);
  let at = opening.length;
  for (let place = 0; place < count; place++) {
    const length = Math.min(maxPayload, size - place * maxPayload);
    at = writeFrameHeader(bytes, at, { length, type: frameType.data, flags: 0, stream });
    if (place === 0) {
      bytes[at] = 0;
      bytes.writeUInt32BE(message.length, at + 1);
    }
    const skipped = place === 0 ? messagePrefixSize : 0;
    const start = place * maxPayload + skipped - messagePrefixSize;
    bytes.set(message.subarray(start, start + length - skipped), at + skipped);
    at += length;
  }
  bytes.set(closing, at);
  bytes.writeUInt32BE(stream, at + streamOffset);
  return bytes;
}

/** A block in one frame of headers and as many continuations as it needs: RFC 9113, section 6.10. */
function headerFrames(stream: number, block: Buffer, flags: number): readonly Buffer[] {
  const payloads = payloadsOf(block);
  return payloads.map((payload, place) =>
    encodeFrame(
      place === 0 ? frameType.headers : frameType.continuation,
      (place === 0 ? flags : 0) | (place === payloads.length - 1 ? flag.endHeaders : 0),
      stream,
      payload,
    ),
  );
}

function trailersOf({ code, details, metadata }: Failure): readonly HeaderField[] {
  const fields: HeaderField[] = [
    ['grpc-status', String(code)],
    // Percent-encoded: gRPC over HTTP/2, "Status-Message".
    ['grpc-message', encodeURI(details)],
  ];
  for (const [name, value] of Object.entries(metadata?.getMap() ?? {})) {
    fields.push([name, typeof value === 'string' ? value : value.toString('base64')]);
  }
  return fields;
}
