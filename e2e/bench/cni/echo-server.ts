/**
 * The least that can answer an ADD: a fixed answer in one write, as the daemon's comes, and beside it a socket that answers the first
 * byte. Stands in for the daemon where only the shim is measured.
 *
 *     node echo-server.js HTTP2-SOCKET PLAIN-SOCKET      prints a line when it listens
 *
 * @module
 */
import { createServer } from 'node:net';
import { AddResponse } from '@poplin/api';

/** Types and flags of HTTP/2 frames, RFC 9113, section 6. */
const [data, headers, settings] = [0, 1, 4];
const [ack, endStream, endHeaders] = [1, 1, 4];

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.from([0, payload.length >> 8, payload.length & 0xff, type, flags]);
  return Buffer.concat([head, Buffer.from([0, 0, 0, stream]), payload]);
}

/** A header field as a literal that is not kept, RFC 7541, section 6.2.2. */
function field(name: string, value: string): Buffer {
  const text = (part: string) => [part.length, ...Buffer.from(part)];
  return Buffer.from([0, ...text(name), ...text(value)]);
}

const message = AddResponse.encode(AddResponse.create({ result: Buffer.from('{}') })).finish();
const answer = Buffer.concat([
  frame(settings, 0, 0),
  frame(settings, ack, 0),
  frame(
    headers,
    endHeaders,
    1,
    Buffer.concat([field(':status', '200'), field('content-type', 'application/grpc')]),
  ),
  frame(data, 0, 1, Buffer.from([0, 0, 0, 0, message.length, ...message])),
  frame(headers, endHeaders | endStream, 1, field('grpc-status', '0')),
]);

/** Answers the first bytes of each connection, whatever they are: the shim's call comes in one piece. */
const answering = (bytes: Buffer) =>
  createServer((connection) => {
    connection.on('error', () => {});
    connection.once('data', () => connection.end(bytes));
  });

const [http2Socket, plainSocket] = process.argv.slice(2);
answering(answer).listen(http2Socket, () =>
  answering(Buffer.alloc(200, 'x')).listen(plainSocket, () => process.stdout.write('ready\n')),
);
