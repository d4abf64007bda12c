import { kernelState } from '@poplin/backend';
import { parseCidr, silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { container4, type DockerGeneration, dockerRules } from '../../../test-support/docker.js';
import { type TestHost, testHost } from '../../../test-support/host.js';
import { type IptablesProgram, iptables } from '../../../test-support/iptables.js';
import {
  client4,
  client6,
  type TestNode,
  type TestPod,
  testNode,
} from '../../../test-support/node.js';
import { Reconciler } from '../../reconciler.js';

let node: TestNode;
let pod: TestPod;
let container: TestHost;
let reconciler: Reconciler;

const pools = ['10.244.0.0/16', 'fd10::/56'].map((cidr) => ({ cidr: parseCidr(cidr) }));
const forwards = kernelState({ forwards: pools });

beforeAll(() => {
  node = testNode();
  using netns = openNetns(node.host.path);
  enterNetns(netns);
  pod = node.pod(5);
  node.client.exec('ip', 'route', 'add', '10.244.0.0/16', 'via', '192.168.7.1');
  node.client.exec('ip', '-6', 'route', 'add', 'fd10::/56', 'via', 'fd77::1');
  node.client.exec('ip', 'route', 'add', '172.17.0.0/16', 'via', '192.168.7.1');
  container = testHost('container');
  const far = ['peer', 'name', 'eth0', 'netns', container.path.replace('/run/netns/', '')];
  node.host.exec('ip', 'link', 'add', 'docker0', 'type', 'bridge');
  node.host.exec('ip', 'link', 'add', 'veth7', 'type', 'veth', ...far);
  node.host.exec('ip', 'link', 'set', 'veth7', 'master', 'docker0', 'up');
  node.host.exec('ip', 'address', 'add', '172.17.0.1/16', 'dev', 'docker0');
  node.host.exec('ip', 'link', 'set', 'docker0', 'up');
  container.exec('ip', 'link', 'set', 'eth0', 'up');
  container.exec('ip', 'address', 'add', `${container4}/16`, 'dev', 'eth0');
  container.exec('ip', 'route', 'add', 'default', 'via', '172.17.0.1');
});
afterAll(async () => {
  await container[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});
const start = () =>
  new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
beforeEach(async () => {
  reconciler = start();
  reconciler.allowPruning();
  await reconciler.set('pod', pod.state());
});
afterEach(async () => {
  await reconciler[Symbol.asyncDispose]();
  node.host.exec('nft', 'flush', 'ruleset');
  node.host.exec('conntrack', '-F');
});

const run = (command: string, program: IptablesProgram = 'iptables-nft'): string =>
  iptables(node.host, program, command.split(' '));
const userRules = (): string[] => run('-S DOCKER-USER').trim().split('\n');
/** Those before a `RETURN` that asks nothing: what comes behind it is never reached. */
const liveRules = (): string[] => {
  const rules = userRules();
  const end = rules.indexOf('-A DOCKER-USER -j RETURN');
  return end < 0 ? rules : rules.slice(0, end);
};
const ownRules = (): string[] => run('-S POPLIN-FORWARD').trim().split('\n');
const ruleset = (): string =>
  ['iptables-nft-save', 'ip6tables-nft-save']
    .map((program) => iptables(node.host, program as IptablesProgram, []))
    .join('')
    .replace(/^#.*\n/gm, '');
const repaired = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });

/** Tells whether a ping gets there and back. */
function reaches(from: TestHost, to: string): boolean {
  try {
    from.exec('ping', '-n', '-c1', '-W1', to);
    return true;
  } catch {
    return false;
  }
}
const allPass = () =>
  [client4, client6].every((client) => reaches(pod.host, client)) &&
  [pod.ip4, pod.ip6].every((ip) => reaches(node.client, ip));

describe.each<DockerGeneration>(['27', '28'])(
  'where Docker %s drops what is forwarded',
  (generation) => {
    beforeEach(() => dockerRules(node.host, generation));

    it("pods' packets pass as soon as their prefixes are forwarded, and not before", async () => {
      expect(reaches(pod.host, client4)).toBe(false);
      expect(reaches(node.client, pod.ip6)).toBe(false);
      await reconciler.set('forwards', forwards);
      expect(allPass()).toBe(true);
      expect((await reconciler.look()).changed).toEqual([]);
    });

    it('containers are reached by pods as much as before: not at all', async () => {
      expect(reaches(pod.host, container4)).toBe(false);
      expect(reaches(container, client4)).toBe(true);
      await reconciler.set('forwards', forwards);
      expect(reaches(pod.host, container4)).toBe(false);
      expect(reaches(node.client, container4)).toBe(false);
      expect(reaches(container, client4)).toBe(true);
    });

    it('nothing else in the tables is changed, and all is as it was when nobody wants it', async () => {
      const before = ruleset();
      await reconciler.set('forwards', forwards);
      const added = ruleset()
        .split('\n')
        .filter((line) => !line.includes('POPLIN-FORWARD'));
      expect(added.join('\n')).toBe(before);
      expect(node.host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
      await reconciler.remove('forwards');
      expect(ruleset()).toBe(before);
    });

    it('iptables shows the rules, each with our name', async () => {
      await reconciler.set('forwards', forwards);
      expect(userRules().filter((rule) => rule.includes('POPLIN-FORWARD'))).toEqual([
        '-A DOCKER-USER -m comment --comment poplin -j POPLIN-FORWARD',
      ]);
      expect(ownRules()).toEqual([
        '-N POPLIN-FORWARD',
        '-A POPLIN-FORWARD -s 10.244.0.0/16 -o docker0 -m comment --comment poplin -j RETURN',
        '-A POPLIN-FORWARD -d 10.244.0.0/16 -i docker0 -m comment --comment poplin -j RETURN',
        '-A POPLIN-FORWARD -s 10.244.0.0/16 -m comment --comment poplin -j ACCEPT',
        '-A POPLIN-FORWARD -d 10.244.0.0/16 -m comment --comment poplin -j ACCEPT',
      ]);
      expect(run('-vnL DOCKER-USER')).toMatch(/POPLIN-FORWARD .*\/\* poplin \*\//);
    });

    it('the report says so, and that it is handled', async () => {
      await reconciler.set('forwards', forwards);
      expect((await reconciler.look()).notices).toEqual(
        (['ip', 'ip6'] as const).map((family) =>
          expect.objectContaining({ family, chain: 'FORWARD', handled: 'docker-user' }),
        ),
      );
    });

    it.each([
      ['-F DOCKER-USER'],
      ['-F POPLIN-FORWARD'],
      ['-D POPLIN-FORWARD 3'],
      ['-I POPLIN-FORWARD -j DROP'],
      ['-A DOCKER-USER -s 192.0.2.1 -j DROP'],
      ['-A DOCKER-USER -j POPLIN-FORWARD'],
    ])('%s is repaired, and what else is in the chain stays', async (command) => {
      run('-I DOCKER-USER -s 192.0.2.0/24 -j DROP');
      await reconciler.set('forwards', forwards);
      const own = ownRules();
      run(command);
      await repaired(() => {
        expect(ownRules()).toEqual(own);
        expect(liveRules().at(-1)).toMatch(/-j POPLIN-FORWARD$/);
        expect(userRules().filter((rule) => rule.includes('POPLIN'))).toHaveLength(1);
      });
      expect(allPass()).toBe(true);
      const strangers = userRules().filter((rule) => rule.includes('192.0.2.')).length;
      expect(strangers).toBe(
        command === '-F DOCKER-USER' ? 0 : command.includes('192.0.2.1') ? 2 : 1,
      );
    });

    it('rules of others in that chain come first, wherever they are added', async () => {
      await reconciler.set('forwards', forwards);
      const place = generation === '27' ? '-I DOCKER-USER 2' : '-A DOCKER-USER';
      run(`${place} -s ${pod.ip4} -d ${client4} -p icmp -j DROP`);
      await repaired(() => expect(liveRules().at(-1)).not.toMatch(/DROP/));
      expect(reaches(pod.host, client4)).toBe(false);
      expect(reaches(pod.host, client6)).toBe(true);
    });

    it('Docker may make all of its chains anew', async () => {
      await reconciler.set('forwards', forwards);
      for (const program of ['iptables-nft', 'ip6tables-nft'] as const) {
        run('-F', program);
        run('-X', program);
      }
      dockerRules(node.host, generation);
      // A ping keeps this process, and so the reconciler, waiting: it comes when all is done.
      await repaired(() => expect(ruleset().match(/-j POPLIN-FORWARD/g)).toHaveLength(2));
      expect(allPass()).toBe(true);
    });

    it('a saved ruleset that is restored is known again, and nothing is doubled', async () => {
      await reconciler.set('forwards', forwards);
      const [own, user] = [ownRules(), userRules()];
      iptables(node.host, 'iptables-nft-restore', [], iptables(node.host, 'iptables-nft-save', []));
      expect((await reconciler.look()).changed).toEqual([]);
      expect([ownRules(), userRules()]).toEqual([own, user]);
      expect(allPass()).toBe(true);
      await reconciler.remove('forwards');
      expect(ruleset()).not.toMatch(/poplin/i);
    });

    it('a network more is guarded as soon as it is there', async () => {
      await reconciler.set('forwards', forwards);
      run(
        generation === '27' ? '-I FORWARD -o br-1 -j DOCKER' : '-A DOCKER-BRIDGE -o br-1 -j DOCKER',
      );
      await repaired(() =>
        expect(ownRules().filter((rule) => rule.includes('br-1'))).toHaveLength(2),
      );
    });
  },
);

describe('rules of an earlier run', () => {
  it('stay until pruning, and go with it when nobody wants them', async () => {
    dockerRules(node.host, '28');
    await reconciler.set('forwards', forwards);
    await reconciler[Symbol.asyncDispose]();
    node.host.exec('nft', 'add', 'counter', 'ip', 'filter', 'poplin-mark-dead');
    reconciler = start();
    await reconciler.look();
    expect(ruleset()).toMatch(/POPLIN-FORWARD/);
    reconciler.allowPruning();
    await reconciler.look();
    expect(ruleset()).not.toMatch(/POPLIN-FORWARD/);
    expect(node.host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
  });

  it('that a stranger leads to elsewhere leave an empty chain to him', async () => {
    dockerRules(node.host, '28');
    await reconciler.set('forwards', forwards);
    run('-A FORWARD -i eth9 -j POPLIN-FORWARD');
    await reconciler.remove('forwards');
    expect(ownRules()).toEqual(['-N POPLIN-FORWARD']);
    expect(run('-S FORWARD')).toMatch(/-i eth9 -j POPLIN-FORWARD/);
    expect((await reconciler.look()).changed).toEqual([]);
  });
});

describe('where there is no chain for the rules of others', () => {
  it('the command that the report tells an operator has packets pass', async () => {
    for (const program of ['iptables-nft', 'ip6tables-nft'] as const)
      run('-P FORWARD DROP', program);
    const before = ruleset();
    await reconciler.set('forwards', forwards);
    const { notices } = await reconciler.look();
    expect(notices).toMatchObject([
      {
        family: 'ip',
        handled: undefined,
        remedy:
          'iptables -I FORWARD -s 10.244.0.0/16 -j ACCEPT; iptables -I FORWARD -d 10.244.0.0/16 -j ACCEPT',
      },
      { family: 'ip6', handled: undefined },
    ]);
    expect(ruleset()).toBe(before);
    expect(reaches(pod.host, client4)).toBe(false);
    for (const notice of notices) {
      for (const command of notice.remedy.split('; ')) {
        const [program, ...args] = command.split(' ');
        iptables(node.host, `${program}-nft` as IptablesProgram, args);
      }
    }
    expect(allPass()).toBe(true);
  });

  it('a chain of nft is reported with its command for each family that it sees', async () => {
    node.host.exec(
      'nft',
      'table inet wall { chain pass { type filter hook forward priority 0; policy drop; }; }',
    );
    await reconciler.set('forwards', forwards);
    const [notice, ...more] = (await reconciler.look()).notices;
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ family: 'inet', table: 'wall', chain: 'pass' });
    expect(reaches(pod.host, client4)).toBe(false);
    for (const command of notice?.remedy.split('; ') ?? []) {
      const [program = '', ...args] = command.split(' ');
      node.host.exec(program, ...args);
    }
    expect(allPass()).toBe(true);
  });

  it('legacy rules are reported as what cannot be judged', async () => {
    const host = testHost('legacy');
    try {
      iptables(host, 'iptables-legacy', ['-P', 'FORWARD', 'DROP']);
      using netns = openNetns(host.path);
      enterNetns(netns);
      await using there = start();
      await there.set('forwards', forwards);
      expect((await there.look()).notices).toMatchObject([{ kind: 'legacy-filter', family: 'ip' }]);
    } finally {
      using home = openNetns(node.host.path);
      enterNetns(home);
      await host[Symbol.asyncDispose]();
    }
  });
});
