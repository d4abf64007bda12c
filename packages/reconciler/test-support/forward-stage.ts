import { kernelState } from '@poplin/backend';
import { parseCidr, silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { Reconciler } from '../src/reconciler.js';
import { container4 } from './docker.js';
import { type TestHost, testHost } from './host.js';
import { type IptablesProgram, iptables } from './iptables.js';
import { client4, client6, type TestNode, type TestPod, testNode } from './node.js';

/** The wish of every test: both pools are forwarded. */
export const forwards = kernelState({
  forwards: ['10.244.0.0/16', 'fd10::/56'].map((cidr) => ({ cidr: parseCidr(cidr) })),
});

/** A node that forwards for a pod, and for a container behind `docker0`. The process has moved there for good. */
export interface ForwardStage extends AsyncDisposable {
  readonly node: TestNode;
  readonly pod: TestPod;
  readonly container: TestHost;
  /** Runs a program of iptables on the node. */
  run(command: string, program?: IptablesProgram): string;
  /** What iptables has on the node, of both families. */
  ruleset(): string;
  /** Tells whether packets of both families pass from and to the pod. */
  allPass(): boolean;
}

/** Makes the stage. */
export function forwardStage(): ForwardStage {
  const node = testNode();
  using netns = openNetns(node.host.path);
  enterNetns(netns);
  const pod = node.pod(5);
  for (const cidr of ['10.244.0.0/16', '172.17.0.0/16']) {
    node.client.exec('ip', 'route', 'add', cidr, 'via', '192.168.7.1');
  }
  node.client.exec('ip', '-6', 'route', 'add', 'fd10::/56', 'via', 'fd77::1');
  const container = attachContainer(node.host);
  return {
    node,
    pod,
    container,
    run: (command, program = 'iptables-nft') => iptables(node.host, program, command.split(' ')),
    ruleset: () =>
      (['iptables-nft-save', 'ip6tables-nft-save'] as const)
        .map((program) => iptables(node.host, program, []))
        .join('')
        .replace(/^#.*\n/gm, ''),
    allPass: () =>
      [client4, client6].every((client) => reaches(pod.host, client)) &&
      [pod.ip4, pod.ip6].every((ip) => reaches(node.client, ip)),
    async [Symbol.asyncDispose]() {
      await container[Symbol.asyncDispose]();
      await node[Symbol.asyncDispose]();
    },
  };
}

/** A reconciler that looks only when it is told or woken. */
export function quietReconciler(): Reconciler {
  return new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
}

/** Tells whether a ping gets there and back. */
export function reaches(from: TestHost, to: string): boolean {
  try {
    from.exec('ping', '-n', '-c1', '-W1', to);
    return true;
  } catch {
    return false;
  }
}

function attachContainer(host: TestHost): TestHost {
  const container = testHost('container');
  const far = ['peer', 'name', 'eth0', 'netns', container.path.replace('/run/netns/', '')];
  host.exec('ip', 'link', 'add', 'docker0', 'type', 'bridge');
  host.exec('ip', 'link', 'add', 'veth7', 'type', 'veth', ...far);
  host.exec('ip', 'link', 'set', 'veth7', 'master', 'docker0', 'up');
  host.exec('ip', 'address', 'add', '172.17.0.1/16', 'dev', 'docker0');
  host.exec('ip', 'link', 'set', 'docker0', 'up');
  container.exec('ip', 'link', 'set', 'eth0', 'up');
  container.exec('ip', 'address', 'add', `${container4}/16`, 'dev', 'eth0');
  container.exec('ip', 'route', 'add', 'default', 'via', '172.17.0.1');
  return container;
}
