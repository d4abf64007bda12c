import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { type Netns, openUdp } from '@poplin/netlink';
import { encodeMessage, nonceLength, nonceOf } from './message.js';
import type { Path } from './path.js';

/** What became of a question. `refused`: it got there, and nobody listens. `impossible`: the kernel did not take it. */
export type Outcome = 'answered' | 'silent' | 'refused' | 'impossible';

/** How to ask. */
export interface ProbeOptions {
  /** Port of the responder. */
  readonly port: number;
  /** How long to wait for an answer, ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Namespace of the node; that of the process by default. */
  readonly netns?: Netns;
}

/** Bytes of headers before the payload of UDP. */
const headers = { ipv4: 28, ipv6: 48 } as const;

/**
 * Asks once by UDP with a packet of so many bytes that must not be fragmented. The answer is as long.
 *
 * @param checksum - false to send without a checksum: such packets get through where checksums are computed wrongly.
 */
export async function probeUdp(
  path: Path,
  packetLength: number,
  { port, timeout, signal, netns }: ProbeOptions,
  checksum = true,
): Promise<Outcome> {
  signal.throwIfAborted();
  const socket = await open(path, checksum, netns);
  if (socket === undefined) return 'impossible';
  const nonce = randomBytes(nonceLength);
  const question = encodeMessage('question', nonce, packetLength - headers[path.family]);
  return await new Promise<Outcome>((resolve) => {
    let isOver = false;
    const end = (outcome: Outcome): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.close();
      resolve(outcome);
    };
    const abort = (): void => end('silent');
    const timer = setTimeout(abort, timeout);
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', (error) => end(outcomeOf(error)));
    socket.on('message', (bytes) => {
      if (nonceOf('answer', bytes)?.equals(nonce)) end('answered');
    });
    // The callback hears of what went wrong, too, which the types do not say: the link is down, or has lost its address.
    const connected = (error?: Error): void => {
      if (error) end(outcomeOf(error));
      else if (!isOver) socket.send(question);
    };
    socket.connect(port, path.remote, connected);
  });
}

async function open(path: Path, checksum: boolean, netns?: Netns): Promise<Socket | undefined> {
  try {
    return await openUdp({
      local: { address: path.local },
      device: path.link,
      probeMtu: true,
      takeNoChecksum: true,
      noChecksum: !checksum,
      ...(netns && { netns }),
    });
  } catch {
    // No such link or no such address, or not yet: the reconciler will see to that.
    return undefined;
  }
}

function outcomeOf(error: NodeJS.ErrnoException): Outcome {
  return error.code === 'ECONNREFUSED' ? 'refused' : 'impossible';
}
