import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ErrorInfo, Status } from '@poplin/api';
import { run } from '../run.js';

/** A gRPC server in the place of poplind, on a socket of its own. */
export interface StandIn {
  readonly socket: string;
  stop(): void;
}

/** Serves these services with these handlers. */
export async function startStandIn(
  services: readonly [ServiceDefinition, UntypedServiceImplementation][],
): Promise<StandIn> {
  const dir = mkdtempSync(join(tmpdir(), 'poplin-cli-'));
  const socket = join(dir, 'poplin.sock');
  const server = new Server();
  for (const [definition, handlers] of services) server.addService(definition, handlers);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    socket,
    stop() {
      server.forceShutdown();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The end of a call as poplind ends one that failed. */
export function refusal(code: status, details: string, reason: string) {
  const info = ErrorInfo.encode({ reason, domain: 'poplin.dev', metadata: {} }).finish();
  const value = Buffer.from(info);
  const typeUrl = 'type.googleapis.com/google.rpc.ErrorInfo';
  const metadata = new Metadata();
  const rich = Status.encode({ code, message: details, details: [{ typeUrl, value }] }).finish();
  metadata.set('grpc-status-details-bin', Buffer.from(rich));
  return { code, details, metadata };
}

/** Runs poplinctl in this process and keeps what it prints. */
export async function runCaptured(args: readonly string[], input = '') {
  const output = { stdout: '', stderr: '' };
  const exitStatus = await run(args, {
    print(text) {
      output.stdout += text;
    },
    complain(text) {
      output.stderr += text;
    },
    readInput: async () => input,
  });
  return { exitStatus, ...output };
}
