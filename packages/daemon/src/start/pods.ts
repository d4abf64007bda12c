import { type Ipam, type Registry, startIpam } from '@poplin/ipam';
import { describeError, type Family, type Log } from '@poplin/net';
import type { PodNetwork } from '../attachment/adder.js';
import { Attachments } from '../attachment/attachments.js';
import { Audit } from '../attachment/audit.js';
import { InterfaceBuilder } from '../attachment/builder.js';
import { Calls } from '../attachment/calls.js';
import { type PodMtu, podMtuOf, tooSmallMtu } from '../attachment/mtu.js';
import { blockStateOf } from '../attachment/plan.js';
import { RecordStore } from '../attachment/record-store.js';
import { assignmentsOf, findSurvivors } from '../attachment/survivors.js';
import { Turns } from '../backend/turns.js';
import type { ClusterConfig } from '../config/index.js';
import { failHere, failsAt } from '../fail-point/index.js';
import { owners } from '../kernel-owners.js';
import { keepLast } from './keep-last.js';
import type { LocalNode } from './local-node.js';
import type { Teardown } from './teardown.js';

/** The pods of this node and the addresses that they get. */
export interface Pods {
  readonly ipam: Ipam;
  readonly attachments: Attachments;
  readonly audit: Audit;
  /** What new pods can send. */
  readonly mtu: () => PodMtu;
  /** Why no pod can be attached as the underlay is now; `undefined` when it can. */
  readonly tooSmall: () => string | undefined;
  /**
   * Brings what pods have up to the underlay, the backends and the configuration as they are now: source addresses, MTU.
   *
   * @throws {ReconcilerError | AggregateError} what the kernel refuses.
   */
  readonly refresh: () => Promise<void>;
}

/**
 * Finds the pods of an earlier run, then starts handing out addresses: none before all that are in use
 * are known.
 *
 * @param runDir - directory for what a reboot may clear.
 * @throws {IpamError | NetlinkError | RegistryError} when one of these cannot be.
 */
export async function startPods(
  node: LocalNode,
  registry: Registry,
  runDir: string,
  log: Log,
  teardown: Teardown,
): Promise<Pods> {
  // Not looked up in the node for every pod: V8 knows the rehearsal's as another kind of object, and would give up what it has compiled.
  const { host, startedWith, reconciler, underlay, addresses, configs, backends, view } = node;
  const { mode, bridge: bridgeName } = startedWith.attach;
  const store = new RecordStore(runDir, log);
  // What waits to be deleted may still have the name of a pod's interface.
  await reconciler.reap();
  const survivors = await findSurvivors(store, reconciler.netlink, log);
  const ipam = teardown.use(
    await startIpam({
      registry,
      nodeName: host.nodeName,
      nodeId: host.nodeId,
      pools: startedWith.pools,
      usable: mode === 'bridge' ? 'inner' : 'all',
      coolDownSeconds: startedWith.ipam.coolDownSeconds,
      log,
      existing: assignmentsOf(survivors),
    }),
  );
  node.ownBlocks.follow(() => ipam.blocks().map(({ record }) => record.cidr));
  const mtuOf = keepLast(podMtuOf);
  const mtu = (): PodMtu => {
    const overhead = backends.overhead(view());
    const asked = configs.current.config.attach.mtu;
    return mtuOf(underlay.current.mtu, overhead, ipam.families, asked);
  };

  // Pods of an earlier run may hang on a bridge that new ones have no use for.
  const bridged = mode === 'bridge' || survivors.some(({ record }) => record.mode === 'bridge');
  // Asked for before any attachment that needs them: the reconciler keeps the order.
  const wantBlocks = async (): Promise<void> => {
    const blocks = ipam.blocks().map(({ record }) => record.cidr);
    const bridge = bridged ? { name: bridgeName, mtu: mtu().link } : undefined;
    await reconciler.set(owners.blocks, blockStateOf(blocks, bridge, addresses()));
  };
  await wantBlocks();
  const unsubscribe = ipam.onBlocksChanged(() => {
    wantBlocks().catch((error: unknown) => {
      log.error({ err: error }, `cannot program own blocks: ${describeError(error)}`);
    });
  });
  teardown.adopt(unsubscribe, (end) => end());

  const networkOf = keepLast(
    (config: ClusterConfig, { link, path }: PodMtu, families: readonly Family[]): PodNetwork => {
      const { attach, masquerade } = config;
      const { hairpin, isolation } = attach;
      const defaults = { mtu: link, hairpin, isolation, masquerade: masquerade.enabled, families };
      return { mode, bridge: bridgeName, path, defaults };
    },
  );
  const network = () => networkOf(configs.current.config, mtu(), ipam.families);
  const calls = new Calls();
  const builder = new InterfaceBuilder({
    reconciler,
    log,
    calls,
    sources: addresses,
    bridge: bridgeName,
  });
  const attachments = new Attachments({ ipam, reconciler, builder, calls, store, log, network });
  if (failsAt('start-before-adopt')) await failHere();
  await attachments.adopt(survivors);
  if (failsAt('start-after-adopt')) await failHere();
  if (survivors.length > 0) log.info({ pods: survivors.length }, 'pods of an earlier run adopted');
  const audit = teardown.use(new Audit({ attachments, reconciler, log }));
  const turns = new Turns();
  const refresh = (): Promise<void> =>
    turns.run(async () => {
      await wantBlocks();
      await attachments.updateAll();
      await attachments.resizeAll(mtu());
    });
  const tooSmall = () => tooSmallMtu(mtu(), ipam.families);
  return { ipam, attachments, audit, mtu, tooSmall, refresh };
}
