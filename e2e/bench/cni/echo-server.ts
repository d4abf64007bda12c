/**
 * The least that can answer an ADD: bare HTTP/2 with a fixed answer, and beside it a socket that answers the first byte. Stands in
 * for the daemon where only the shim is measured.
 *
 *     node echo-server.js HTTP2-SOCKET PLAIN-SOCKET      prints a line when it listens
 *
 * @module
 */
import { createServer } from 'node:http2';
import { createServer as createPlainServer } from 'node:net';
import { AddResponse } from '@poplin/api';

const [http2Socket, plainSocket] = process.argv.slice(2);
const message = AddResponse.encode(AddResponse.create({ result: Buffer.from('{}') })).finish();
const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);

const server = createServer();
server.on('session', (session) => session.on('error', () => {}));
server.on('stream', (stream) => {
  stream.on('error', () => {});
  stream.resume();
  stream.on('end', () => {
    const headers = { ':status': 200, 'content-type': 'application/grpc' };
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(frame);
  });
});
const plain = createPlainServer((connection) => {
  connection.on('error', () => {});
  connection.on('data', () => connection.end('x'.repeat(200)));
});
server.listen(http2Socket, () => plain.listen(plainSocket, () => process.stdout.write('ready\n')));
