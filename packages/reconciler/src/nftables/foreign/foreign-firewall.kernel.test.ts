import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { container4, type DockerGeneration, dockerRules } from '../../../test-support/docker.js';
import {
  type ForwardStage,
  forwardStage,
  forwards,
  quietReconciler,
  reaches,
} from '../../../test-support/forward-stage.js';
import { iptables } from '../../../test-support/iptables.js';
import { client4, client6 } from '../../../test-support/node.js';
import type { Reconciler } from '../../reconciler.js';

let stage: ForwardStage;
let reconciler: Reconciler;

beforeAll(() => {
  stage = forwardStage();
});
afterAll(() => stage[Symbol.asyncDispose]());
beforeEach(async () => {
  reconciler = quietReconciler();
  reconciler.allowPruning();
  await reconciler.set('pod', stage.pod.state());
});
afterEach(async () => {
  await reconciler[Symbol.asyncDispose]();
  stage.node.host.exec('nft', 'flush', 'ruleset');
  stage.node.host.exec('conntrack', '-F');
});

const userRules = (): string[] => stage.run('-S DOCKER-USER').trim().split('\n');
/** Those before a `RETURN` that asks nothing: what comes behind it is never reached. */
const liveRules = (): string[] => {
  const rules = userRules();
  const end = rules.indexOf('-A DOCKER-USER -j RETURN');
  return end < 0 ? rules : rules.slice(0, end);
};
const ownRules = (): string[] => stage.run('-S POPLIN-FORWARD').trim().split('\n');
const repaired = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

describe.each<DockerGeneration>(['27', '28'])(
  'where Docker %s drops what is forwarded',
  (generation) => {
    beforeEach(() => dockerRules(stage.node.host, generation));

    it("pods' packets pass as soon as their prefixes are forwarded, and not before", async () => {
      expect(reaches(stage.pod.host, client4)).toBe(false);
      expect(reaches(stage.node.client, stage.pod.ip6)).toBe(false);
      await reconciler.set('forwards', forwards);
      expect(stage.allPass()).toBe(true);
      expect((await reconciler.look()).changed).toEqual([]);
    });

    it('containers are reached by pods as much as before: not at all', async () => {
      expect(reaches(stage.pod.host, container4)).toBe(false);
      expect(reaches(stage.container, client4)).toBe(true);
      await reconciler.set('forwards', forwards);
      expect(reaches(stage.pod.host, container4)).toBe(false);
      expect(reaches(stage.node.client, container4)).toBe(false);
      expect(reaches(stage.container, client4)).toBe(true);
    });

    it('nothing else in the tables is changed, and all is as it was when nobody wants it', async () => {
      const before = stage.ruleset();
      await reconciler.set('forwards', forwards);
      const added = stage
        .ruleset()
        .split('\n')
        .filter((line) => !line.includes('POPLIN-FORWARD'));
      expect(added.join('\n')).toBe(before);
      expect(stage.node.host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
      await reconciler.remove('forwards');
      expect(stage.ruleset()).toBe(before);
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
      expect(stage.run('-vnL DOCKER-USER')).toMatch(/POPLIN-FORWARD .*\/\* poplin \*\//);
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
      stage.run('-I DOCKER-USER -s 192.0.2.0/24 -j DROP');
      await reconciler.set('forwards', forwards);
      const own = ownRules();
      stage.run(command);
      await repaired(() => {
        expect(ownRules()).toEqual(own);
        expect(liveRules().at(-1)).toMatch(/-j POPLIN-FORWARD$/);
        expect(userRules().filter((rule) => rule.includes('POPLIN'))).toHaveLength(1);
      });
      expect(stage.allPass()).toBe(true);
      const strangers = userRules().filter((rule) => rule.includes('192.0.2.')).length;
      expect(strangers).toBe(
        command === '-F DOCKER-USER' ? 0 : command.includes('192.0.2.1') ? 2 : 1,
      );
    });

    it('rules of others in that chain come first, wherever they are added', async () => {
      await reconciler.set('forwards', forwards);
      const place = generation === '27' ? '-I DOCKER-USER 2' : '-A DOCKER-USER';
      stage.run(`${place} -s ${stage.pod.ip4} -d ${client4} -p icmp -j DROP`);
      await repaired(() => expect(liveRules().at(-1)).not.toMatch(/DROP/));
      expect(reaches(stage.pod.host, client4)).toBe(false);
      expect(reaches(stage.pod.host, client6)).toBe(true);
    });

    it('Docker may make all of its chains anew', async () => {
      await reconciler.set('forwards', forwards);
      for (const program of ['iptables-nft', 'ip6tables-nft'] as const) {
        stage.run('-F', program);
        stage.run('-X', program);
      }
      dockerRules(stage.node.host, generation);
      // A ping keeps this process, and so the reconciler, waiting: it comes when all is done.
      await repaired(() => expect(stage.ruleset().match(/-j POPLIN-FORWARD/g)).toHaveLength(2));
      expect(stage.allPass()).toBe(true);
    });

    it('a saved ruleset that is restored is known again, and nothing is doubled', async () => {
      await reconciler.set('forwards', forwards);
      const [own, user] = [ownRules(), userRules()];
      iptables(
        stage.node.host,
        'iptables-nft-restore',
        [],
        iptables(stage.node.host, 'iptables-nft-save', []),
      );
      expect((await reconciler.look()).changed).toEqual([]);
      expect([ownRules(), userRules()]).toEqual([own, user]);
      expect(stage.allPass()).toBe(true);
      await reconciler.remove('forwards');
      expect(stage.ruleset()).not.toMatch(/poplin/i);
    });

    it('a network more is guarded as soon as it is there', async () => {
      await reconciler.set('forwards', forwards);
      stage.run(
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
    dockerRules(stage.node.host, '28');
    await reconciler.set('forwards', forwards);
    await reconciler[Symbol.asyncDispose]();
    stage.node.host.exec('nft', 'add', 'counter', 'ip', 'filter', 'poplin-mark-dead');
    reconciler = quietReconciler();
    await reconciler.look();
    expect(stage.ruleset()).toMatch(/POPLIN-FORWARD/);
    reconciler.allowPruning();
    await reconciler.look();
    expect(stage.ruleset()).not.toMatch(/POPLIN-FORWARD/);
    expect(stage.node.host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
  });

  it('that a stranger leads to elsewhere leave an empty chain to him', async () => {
    dockerRules(stage.node.host, '28');
    await reconciler.set('forwards', forwards);
    stage.run('-A FORWARD -i eth9 -j POPLIN-FORWARD');
    await reconciler.remove('forwards');
    expect(ownRules()).toEqual(['-N POPLIN-FORWARD']);
    expect(stage.run('-S FORWARD')).toMatch(/-i eth9 -j POPLIN-FORWARD/);
    expect((await reconciler.look()).changed).toEqual([]);
  });
});
