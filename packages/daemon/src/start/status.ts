import { BackendStatus, type GetStatusResponse } from '@poplin/api';
import type { Registry } from '@poplin/ipam';
import { describeError } from '@poplin/net';
import { describeNotice, isForwardProblem } from '@poplin/reconciler';
import { needsRestart } from '../cluster/in-force.js';
import type { ClusterNetwork } from '../cluster/network.js';
import { diffPaths } from '../config/index.js';
import { timestampOf } from '../services/timestamp.js';
import type { LocalNode } from './local-node.js';
import type { NodePathCheck } from './path-check.js';
import type { Pods } from './pods.js';
import { unreadiness } from './readiness.js';

/** What a status is made of. */
export interface StatusParts {
  readonly node: LocalNode;
  readonly pods: Pods;
  readonly network: ClusterNetwork;
  readonly pathCheck: NodePathCheck;
  readonly registry: Registry;
  readonly version: string;
  /** When the daemon started, ISO 8601. */
  readonly startedAt: string;
}

/** The status of the daemon as it is now. */
export function statusOf(parts: StatusParts): Partial<GetStatusResponse> {
  const { node, pods, network, registry } = parts;
  const { connected, revision } = registry.status();
  return {
    nodeName: node.host.nodeName,
    version: parts.version,
    pid: process.pid,
    startedAt: timestampOf(parts.startedAt),
    ready: unreadiness(node, pods, network) === undefined,
    backend: node.backends.published[0]?.type ?? '',
    backends: node.backends.status.map(backendMessage),
    underlayMtu: node.underlay.current.mtu,
    attachMode: node.startedWith.attach.mode,
    registry: { kind: registry.kind, endpoints: [...registry.endpoints], connected, revision },
    interface: node.underlay.current.link,
    addresses: [...node.addresses()],
    podMtu: pods.mtu().link,
    attachments: pods.attachments.list().length,
    blocks: pods.ipam.blocks().map(({ record }) => record.cidr),
    peers: network.peerCount,
    problems: problemsOf(parts),
  };
}

function backendMessage(status: LocalNode['backends']['status'][number]): BackendStatus {
  const counted = Object.entries(status.counters);
  const counters = Object.fromEntries(counted.map(([name, count]) => [name, BigInt(count)]));
  return BackendStatus.create({ ...status, waitingFor: [...status.waitingFor], counters });
}

function problemsOf({ node, pods, network, pathCheck, registry }: StatusParts): string[] {
  const paths = diffPaths(node.startedWith, node.configs.current.config);
  const fixed = paths.filter(needsRestart);
  const { exhausted } = pods.ipam.usage();
  const own = [node.underlay.problem, node.claim.problem, pods.tooSmall()];
  return [
    ...(registry.status().connected ? [] : ['the registry does not answer; pods keep running']),
    ...(fixed.length > 0 ? [`restart poplind to put into force: ${fixed.join(', ')}`] : []),
    ...own.filter((problem) => problem !== undefined),
    ...new Set([...node.backends.problems, ...network.problems]),
    ...pathCheck.problems,
    ...(exhausted ? [describeError(exhausted)] : []),
    ...node.reconciler.report.failed.map(({ error }) => describeError(error)),
    ...node.reconciler.report.notices.filter(isForwardProblem).map(describeNotice),
  ];
}
