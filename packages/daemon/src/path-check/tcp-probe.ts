import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connectTcp } from '@poplin/netlink';
import { encodeMessage, nonceLength } from './message.js';
import type { Path } from './path.js';
import type { Outcome, ProbeOptions } from './udp-probe.js';

/**
 * Asks once by TCP with so many bytes, which come back: more than the MTU makes segments of full length in both directions.
 */
export async function probeTcp(
  path: Path,
  length: number,
  { port, timeout, signal, netns }: ProbeOptions,
): Promise<Outcome> {
  const expiry = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  try {
    const socket = await connectTcp({
      remote: { address: path.remote, port },
      local: { address: path.local },
      device: path.link,
      timeout,
      signal: expiry,
      ...(netns && { netns }),
    });
    return await echoed(
      socket,
      encodeMessage('question', randomBytes(nonceLength), length),
      expiry,
    );
  } catch (error) {
    signal.throwIfAborted();
    return outcomeOf(error);
  }
}

async function echoed(socket: Socket, question: Buffer, expiry: AbortSignal): Promise<Outcome> {
  return await new Promise<Outcome>((resolve) => {
    let got = 0;
    const end = (outcome: Outcome): void => {
      expiry.removeEventListener('abort', abort);
      socket.destroy();
      resolve(outcome);
    };
    const abort = (): void => end('silent');
    expiry.addEventListener('abort', abort, { once: true });
    socket.on('data', (bytes) => {
      got += bytes.length;
      if (got >= question.length) end('answered');
    });
    socket.once('error', () => end('silent'));
    socket.once('close', () => end('silent'));
    socket.write(question);
  });
}

function outcomeOf(error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'refused';
  const gone = code === 'ENODEV' || code === 'EADDRNOTAVAIL' || code === 'ENETUNREACH';
  return gone ? 'impossible' : 'silent';
}
