import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CniServiceService } from '@poplin/api';
import { openEmbeddedRegistry } from '@poplin/ipam';
import { bitsOf, familyOf, type Ip, silentLog } from '@poplin/net';
import { makeNetns, type Netns, openNetlink, runInNetns, writeSysctl } from '@poplin/netlink';
import { Reconciler } from '@poplin/reconciler';
import { OwnBlocks } from '../backend/own-blocks.js';
import { serve, service, takeSocket } from '../rpc/index.js';
import { cniService } from '../services/cni.js';
import type { LocalNode } from '../start/local-node.js';
import { startPods } from '../start/pods.js';
import { Teardown } from '../start/teardown.js';

/** A host of which nobody outside knows, with the parts of a daemon that an ADD and a DEL go through. */
export interface Stage extends AsyncDisposable {
  /** Where its daemon serves. */
  readonly socket: string;
  /** Namespaces for pods, as paths that this process can open. */
  readonly pods: readonly Netns[];
  /** Compares the kernel with what is wanted, as a node does every few seconds. */
  look(): Promise<unknown>;
  /** Settles when what pods have left is deleted. */
  reap(): Promise<void>;
}

/** How long an address rests. Not 0: that one is at rest while the next is asked for has to be rehearsed. */
const coolDownSeconds = 0.02;

/** On a node several hear of the kernel's events: of a call with few targets V8 makes part of the caller, and gives that up when another one comes. */
const audience = [() => {}, () => {}, () => {}, () => {}, () => {}] as const;

/** Pods that can be there at the same time. */
const places = 8;

/**
 * Opens a stage: namespaces without a name, and a folder, which disposal leaves. Attach mode,
 * pools and MTU are those of this node; everything that is kept or asked for is its own, so that neither kernel nor cluster see any of it.
 *
 * @throws {PoplinError} of the part that cannot be opened; nothing is left then.
 */
export async function openStage(node: LocalNode, folder: string): Promise<Stage> {
  const teardown = new Teardown();
  try {
    await mkdir(folder);
    const host = teardown.use(await makeNetns());
    await giveAddresses(host, node.addresses());
    const pods: Netns[] = [];
    for (let i = 0; i < places; i++) pods.push(teardown.use(await makeNetns()));
    const sysctls = { keepEarlier: () => {} };
    // Its sockets stay in the namespace that they are opened in.
    const reconciler = teardown.use(
      runInNetns(host, () => new Reconciler({ log: silentLog, sysctls })),
    );
    for (const hear of audience) reconciler.onEvent(hear);
    const self = { ...node, reconciler };
    const socket = await serveIn(folder, self, teardown);
    return {
      socket,
      pods,
      look: () => reconciler.look(),
      reap: () => reconciler.reap(),
      [Symbol.asyncDispose]: () => teardown[Symbol.asyncDispose](),
    };
  } catch (error) {
    await teardown[Symbol.asyncDispose]();
    throw error;
  }
}

/** Routes to pods name them as their source: the kernel takes none that the host does not have. */
async function giveAddresses(netns: Netns, addresses: readonly Ip[]): Promise<void> {
  using netlink = openNetlink({ netns });
  const { ifindex } = await netlink.link.get({ name: 'lo' });
  await netlink.link.set({ ifindex }, { up: true });
  for (const ip of addresses) {
    const family = familyOf(ip);
    if (family === 'ipv6') await writeSysctl('net/ipv6/conf/lo/disable_ipv6', '0', { netns });
    await netlink.address.add({ ifindex, ip, length: bitsOf(family) });
  }
}

/** @returns the path of its socket. */
async function serveIn(folder: string, node: LocalNode, teardown: Teardown): Promise<string> {
  const file = join(folder, 'registry.json');
  const registry = teardown.use(await openEmbeddedRegistry({ file, log: silentLog }));
  const { startedWith, reconciler } = node;
  const self: LocalNode = {
    ...node,
    ownBlocks: new OwnBlocks(),
    // Addresses come and go fast, and a pool may be small.
    startedWith: { ...startedWith, ipam: { ...startedWith.ipam, coolDownSeconds } },
  };
  const { attachments, audit, ipam } = await startPods(self, registry, folder, silentLog, teardown);
  const handlers = cniService({
    unreadiness: () => undefined,
    ...{ attachments, audit, reconciler, ipam },
  });
  const socket = teardown.adopt(await takeSocket(join(folder, 'sock')), (it) => it.release());
  const services = [service(CniServiceService, handlers)];
  const server = await serve({ socket, services, log: silentLog });
  teardown.adopt(server, (it) => it.drain(0));
  return join(folder, 'sock');
}
