import type { StatusObject } from '@grpc/grpc-js';
import { encodeFrame, flag, frameType, payloadsOf } from './frames.js';
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

const headBlock = encodeLiterals(head);
const okBlock = encodeLiterals([['grpc-status', '0']]);

/**
 * All that a server says on a connection of one call: its settings, then the answer as gRPC over HTTP/2 has it, "Responses". A failure
 * is a header block alone, "Trailers-Only".
 */
export function encodeAnswer(stream: number, outcome: Outcome): Buffer {
  if ('failure' in outcome) {
    const block = encodeLiterals([...head, ...trailersOf(outcome.failure)]);
    return Buffer.concat([greeting, ...headerFrames(stream, block, flag.endStream)]);
  }
  const body = Buffer.allocUnsafe(5 + outcome.message.length);
  body[0] = 0;
  body.writeUInt32BE(outcome.message.length, 1);
  body.set(outcome.message, 5);
  return Buffer.concat([
    greeting,
    ...headerFrames(stream, headBlock, 0),
    ...payloadsOf(body).map((payload) => encodeFrame(frameType.data, 0, stream, payload)),
    ...headerFrames(stream, okBlock, flag.endStream),
  ]);
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
