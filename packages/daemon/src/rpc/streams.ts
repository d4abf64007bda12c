import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

/** A stream that a server may end by itself. */
export type EndableStream =
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** The streams that are open. `tryShutdown` waits for them, so draining has to end them. */
export interface OpenStreams {
  add(stream: EndableStream): void;
  endAll(): void;
}

/** Keeps book of open streams. */
export function openStreams(): OpenStreams {
  const open = new Set<EndableStream>();
  let ended = false;
  return {
    add(stream) {
      if (ended) {
        stream.end();
        return;
      }
      open.add(stream);
      const forget = (): void => void open.delete(stream);
      stream.once('cancelled', forget);
      stream.once('close', forget);
      stream.once('finish', forget);
    },
    endAll() {
      ended = true;
      for (const stream of open) stream.end();
      open.clear();
    },
  };
}
