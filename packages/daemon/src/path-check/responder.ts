import type { Socket as UdpSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import type { Ip } from '@poplin/net';
import { listenTcp, type Netns, openUdp, type TcpListener } from '@poplin/netlink';
import { answerTo, headerLength, nonceOf } from './message.js';

/** Most bytes that one connection gets back. */
const mostBytes = 256 * 1024;

/** Most connections at a time, and how long one may live, ms. */
const mostConnections = 64;
const connectionLife = 10_000;

/** Where to answer. */
export interface ResponderOptions {
  /** Link that questions come by and answers leave by. */
  readonly link: string;
  /** Own address there. */
  readonly address: Ip;
  readonly port: number;
  /** Asked at every question: only peers are answered. */
  readonly isPeer: (ip: Ip) => boolean;
  readonly netns?: Netns;
}

/**
 * Answers the questions of peers on one link, by UDP and by TCP: each byte that came goes back once, to where it came from. Answers by UDP have no
 * checksum, so that a question that is not answered tells of the way there alone.
 */
export class Responder implements AsyncDisposable {
  readonly #udp: UdpSocket;
  readonly #tcp: TcpListener;
  readonly #connections = new Set<Socket>();
  readonly #isPeer: (ip: Ip) => boolean;

  private constructor(udp: UdpSocket, tcp: TcpListener, isPeer: (ip: Ip) => boolean) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#isPeer = isPeer;
  }

  /** Opens it. @throws {NetlinkError} ENODEV, EADDRNOTAVAIL, EADDRINUSE, … */
  static async open({ link, address, port, isPeer, netns }: ResponderOptions): Promise<Responder> {
    const common = { local: { address, port }, device: link, ...(netns && { netns }) };
    const udp = await openUdp({ ...common, probeMtu: true, noChecksum: true });
    try {
      const responder = new Responder(udp, await listenTcp(common), isPeer);
      responder.#serve();
      return responder;
    } catch (error) {
      udp.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    this.#udp.close();
    await this.#tcp[Symbol.asyncDispose]();
  }

  #serve(): void {
    const udp = this.#udp;
    // A question may have come by ICMP errors of an answer before: nothing follows from one.
    udp.on('error', () => {});
    udp.on('message', (bytes, from) => {
      const address = withoutZone(from.address);
      const answer = this.#isPeer(address) ? answerTo(bytes) : undefined;
      if (answer) udp.send(answer, from.port, address, () => {});
    });
    const server: Server = this.#tcp.server;
    server.maxConnections = mostConnections;
    server.on('error', () => {});
    server.on('connection', (socket) => this.#accept(socket));
  }

  #accept(socket: Socket): void {
    const peer = socket.remoteAddress;
    if (peer === undefined || !this.#isPeer(withoutZone(peer))) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    const timer = setTimeout(() => socket.destroy(), connectionLife);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#connections.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    echo(socket);
  }
}

/** Gives back what comes, once its beginning is that of a question, up to the most. */
function echo(socket: Socket): void {
  let head: Buffer | undefined = Buffer.alloc(0);
  let count = 0;
  socket.on('data', (bytes) => {
    count += bytes.length;
    if (count > mostBytes) {
      socket.destroy();
      return;
    }
    if (head === undefined) {
      socket.write(bytes);
      return;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < headerLength) return;
    if (nonceOf('question', head) === undefined) {
      socket.destroy();
      return;
    }
    socket.write(head);
    head = undefined;
  });
  socket.on('end', () => socket.end());
}

/** A link-local address is told with its link behind it; the link is known. */
function withoutZone(address: string): Ip {
  return address.replace(/%.*$/, '') as Ip;
}
