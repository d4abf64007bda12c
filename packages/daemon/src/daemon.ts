import { dirname, join } from 'node:path';
import {
  AttachmentServiceService,
  CniServiceService,
  ConfigServiceService,
  IpamServiceService,
  NodeServiceService,
} from '@poplin/api';
import type { Log } from '@poplin/net';
import type { DaemonOptions } from './options/index.js';
import { startHeartbeat } from './presence/index.js';
import { startRehearsal } from './rehearsal/index.js';
import { serve, service, takeSocket } from './rpc/index.js';
import { attachmentService } from './services/attachments.js';
import { cniService } from './services/cni.js';
import { configService } from './services/config.js';
import { ipamService } from './services/ipam.js';
import { nodeService } from './services/node.js';
import { attachmentBook } from './start/attachment-book.js';
import { startCluster } from './start/cluster.js';
import { startLocalNode } from './start/local-node.js';
import { NodePathCheck } from './start/path-check.js';
import { peerSight } from './start/peer-sight.js';
import { startPods } from './start/pods.js';
import { cutOff, sharedDamage, unreadiness } from './start/readiness.js';
import { openRegistry } from './start/registry.js';
import { statusOf } from './start/status.js';
import { Teardown } from './start/teardown.js';
import { workOffTombstones } from './start/tombstones.js';

/** Longest time that calls may take after SIGTERM, ms. */
const drainTime = 10_000;

/** What a run of the daemon is told besides its options. */
export interface DaemonRun {
  readonly version: string;
  readonly log: Log;
  /** Fires when the daemon is to end. */
  readonly signal: AbortSignal;
}

/**
 * Runs the daemon until the signal fires. Each part is started when all that it needs is there, and is
 * ended in the reverse order; the kernel keeps what was put there, so pods notice neither.
 *
 * @throws {PoplinError} of the part that cannot start; what was started is ended then.
 */
export async function runDaemon(options: DaemonOptions, run: DaemonRun): Promise<void> {
  const { log, signal, version } = run;
  const startedAt = new Date().toISOString();
  await using teardown = new Teardown();
  // First of all: two daemons of one host must not even look at the kernel together.
  const socket = await takeSocket(options.socket);
  teardown.adopt(socket, (taken) => taken.release());

  const registry = teardown.use(await openRegistry(options, log, signal));
  const node = await startLocalNode(options, registry, run, teardown);
  const runDir = dirname(options.socket);
  const pods = await startPods(node, registry, runDir, log, teardown);
  const pathCheck = teardown.use(new NodePathCheck({ stateDir: options.stateDir, ...node, log }));
  const network = await startCluster(node, pods, registry, pathCheck, log, teardown);
  const { nodeName } = node.host;
  const status = () => statusOf({ node, pods, network, pathCheck, registry, version, startedAt });
  const blocks = () => network.blocks;
  const { attachments, audit, ipam } = pods;
  const { reconciler } = node;
  await audit.run();
  const tombstones = await workOffTombstones({ runDir, attachments, log });
  const server = await serve({
    socket,
    log,
    services: [
      service(
        CniServiceService,
        cniService({
          attachments,
          audit,
          reconciler,
          ipam,
          unreadiness: () => unreadiness(node, pods, network),
        }),
      ),
      service(IpamServiceService, ipamService({ nodeName, registry, ipam, blocks })),
      service(AttachmentServiceService, attachmentService(attachmentBook(attachments))),
      service(
        NodeServiceService,
        nodeService({ status, ...peerSight(node, pods, network, pathCheck) }),
      ),
      service(ConfigServiceService, configService(node.configs)),
    ],
  });
  teardown.adopt(server, (running) => running.drain(drainTime));
  server.setServing(true);
  teardown.use(tombstones.follow());
  const isDegraded = () => sharedDamage(reconciler.report) ?? cutOff(node, network);
  const pulse = () => (isDegraded() ? 'degraded' : 'serving');
  teardown.use(startHeartbeat({ directory: runDir, pulse, log }));
  log.info({ socket: options.socket, peers: network.peerCount }, 'ready');
  if (options.rehearsal === 'on') {
    const calls = () => attachments.calls;
    teardown.use(startRehearsal({ node, folder: join(runDir, 'rehearsal'), calls, log }));
  }
  await fired(signal);
  log.info({}, 'ending; pods keep running');
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
