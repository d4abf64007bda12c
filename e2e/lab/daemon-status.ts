import { credentials, Metadata } from '@grpc/grpc-js';
import { type GetStatusResponse, NodeServiceClient } from '@poplin/api';

/** Milliseconds that an answer may take. */
const deadlineMs = 2_000;

/**
 * Asks a daemon how it is, over its socket: a socket with a path is reached from any network namespace.
 *
 * @returns undefined while nobody answers
 */
export function askStatus(socket: string): Promise<GetStatusResponse | undefined> {
  const client = new NodeServiceClient(`unix:${socket}`, credentials.createInsecure());
  return new Promise((resolve) => {
    const options = { deadline: Date.now() + deadlineMs };
    client.getStatus({}, new Metadata(), options, (error, status) => {
      client.close();
      resolve(error ? undefined : status);
    });
  });
}
