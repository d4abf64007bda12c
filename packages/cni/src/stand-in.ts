import { constants, createServer, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { CniError, type CniServiceServer, CniServiceService, Status } from '@poplin/api';

/** A server in the place of poplind, gone after `stop`. */
export interface StandIn {
  stop(): Promise<void>;
}

/** Serves the real service definition with these handlers, by grpc-js. */
export async function serveGrpc(socket: string, handlers: CniServiceServer): Promise<StandIn> {
  const server = new Server();
  server.addService(CniServiceService, handlers);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    async stop() {
      server.forceShutdown();
    },
  };
}

/** A gRPC error whose details carry a CNI error. */
export function refusal(error: Partial<CniError>) {
  const value = Buffer.from(CniError.encode(CniError.fromPartial(error)).finish());
  const details = [{ typeUrl: 'type.googleapis.com/poplin.cni.v1.CniError', value }];
  const metadata = new Metadata();
  const rich = Status.encode(Status.fromPartial({ details })).finish();
  metadata.set('grpc-status-details-bin', Buffer.from(rich));
  return { code: status.FAILED_PRECONDITION, details: 'refused', metadata };
}

/** Serves bare HTTP/2, for answers that no gRPC library would give. */
export function serveHttp2(
  socket: string,
  onStream: (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void,
): Promise<StandIn> {
  const server = createServer();
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  return listening(server, socket);
}

/** Serves bytes: every connection gets the same, and is ended then or kept open. */
export function serveBytes(socket: string, bytes: string, end: boolean): Promise<StandIn> {
  const server = createTcpServer((connection) => {
    if (end) connection.end(bytes);
    else connection.write(bytes);
  });
  return listening(server, socket);
}

/** What a server does to a connection that it does not answer. */
export type Neglect = (connection: Socket) => void;

/** An empty SETTINGS frame: what an HTTP/2 server says first (RFC 9113, section 3.4). */
const settings = '000000040000000000';

/** Bytes of HTTP/2 that say no: the settings, and one more frame (RFC 9113, sections 6.4 and 6.8). */
export const http2 = {
  settings: Buffer.from(settings, 'hex'),
  /** GOAWAY with NO_ERROR: the last stream that may still be answered is this one; 0 is none. */
  goaway: (lastStream: number) =>
    Buffer.from(`${settings}0000080700000000000000000${lastStream}00000000`, 'hex'),
  /** RST_STREAM of the first stream with REFUSED_STREAM. */
  refusal: Buffer.from(
    `${settings}0000040300000000010000000${constants.NGHTTP2_REFUSED_STREAM}`,
    'hex',
  ),
} as const;

/** Serves bare HTTP/2, but neglects the first connections, one by each of these. Tells how many there were. */
export async function serveAfterNeglect(
  socket: string,
  neglects: readonly Neglect[],
  onStream: (stream: ServerHttp2Stream) => void,
): Promise<StandIn & { readonly connections: () => number }> {
  const willing = createServer();
  willing.on('session', (session) => session.on('error', () => {}));
  willing.on('stream', (stream) => {
    stream.on('error', () => {});
    onStream(stream);
  });
  let connections = 0;
  const server = createTcpServer((connection) => {
    const neglect = neglects[connections++];
    if (neglect) neglect(connection);
    else willing.emit('connection', connection);
  });
  return { ...(await listening(server, socket)), connections: () => connections };
}

/** Answers a bare stream the way gRPC does, with these trailers. */
export function answer(
  stream: ServerHttp2Stream,
  body: Buffer,
  trailers: Readonly<Record<string, string>>,
): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ ...trailers }));
  stream.end(body);
}

/** A message with the five bytes that gRPC puts before it. */
export function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** HTTP/2 error code of a stream that its caller gave up. */
export const cancelled = constants.NGHTTP2_CANCEL;

function listening(server: NetServer, path: string): Promise<StandIn> {
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.on('error', () => {});
    connection.on('close', () => connections.delete(connection));
  });
  const stop = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      for (const connection of connections) connection.destroy();
    });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(path, () => resolve({ stop }));
  });
}
