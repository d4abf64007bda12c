import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';

/** A unary gRPC call as a client makes it. */
export interface ClientCall {
  readonly path: string;
  readonly message?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What it grants for answers, bytes; as the shim does unless said otherwise. */
  readonly window?: number;
}

/** What came back. */
export interface ClientAnswer {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

const shimWindow = 5 * 1024 * 1024;

/** The path of the method that most tests call. */
export const addPath = '/poplin.cni.v1.CniService/Add';

/** Puts the flag and the length in front of a message. */
export function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The bytes that Node's HTTP/2 client, which is libnghttp2's as the shim's is, makes of a call before it has heard anything. */
export async function bytesOf(call: ClientCall): Promise<Buffer> {
  const written: Buffer[] = [];
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  const session = open(wire, call);
  const stream = ask(session, call).on('error', () => {});
  stream.end(framed(call.message ?? Buffer.alloc(0)));
  // Its frames leave in several turns of the event loop; the last of them ends the stream.
  for (let quiet = 0, size = 0; quiet < 5; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = written.reduce((sum, { length }) => sum + length, 0);
    if (now !== size) quiet = 0;
    size = now;
  }
  const bytes = Buffer.concat(written);
  // Says goodbye, which nobody hears.
  session.destroy();
  return bytes;
}

/**
 * Makes a call on a unix socket by Node's HTTP/2 client, whose first words reach the socket in one piece, as the shim's do.
 *
 * @returns the call: its answer, and how to go away.
 */
export async function callAtOnce(path: string, call: ClientCall) {
  const bytes = await bytesOf(call);
  const socket = connect({ path });
  let isFirst = true;
  const wire = new Duplex({
    read() {},
    // What it says first has been recorded, and is sent as one; what it says later means nothing to a server that has answered.
    write(_chunk, _encoding, done) {
      if (isFirst) socket.write(bytes);
      isFirst = false;
      done();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => wire.push(chunk)).on('end', () => wire.push(null));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const session = open(wire, call);
  const answer = answerOf(session, call).finally(() => session.destroy());
  return { answer, closed, leave: () => socket.destroy() };
}

function open(wire: Duplex, { window = shimWindow }: ClientCall): ClientHttp2Session {
  const session = connectHttp2('http://localhost', {
    createConnection: () => wire,
    settings: { enablePush: false, initialWindowSize: window },
  });
  session.on('error', () => {}).once('connect', () => session.setLocalWindowSize(window));
  return session;
}

function ask(session: ClientHttp2Session, { path, headers }: ClientCall) {
  return session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
}

function answerOf(session: ClientHttp2Session, call: ClientCall): Promise<ClientAnswer> {
  return new Promise((resolve, reject) => {
    const stream = ask(session, call);
    const parts: Buffer[] = [];
    let headers = {};
    let trailers = {};
    stream
      .on('response', (all) => {
        headers = all;
      })
      .on('trailers', (all) => {
        trailers = all;
      })
      .on('data', (part: Buffer) => parts.push(part))
      .on('error', reject)
      .on('close', () => resolve({ headers, trailers, body: Buffer.concat(parts) }))
      .end(framed(call.message ?? Buffer.alloc(0)));
  });
}
