import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ForwardStage,
  forwardStage,
  forwards,
  quietReconciler,
  reaches,
} from '../../../test-support/forward-stage.js';
import { testHost } from '../../../test-support/host.js';
import { type IptablesProgram, iptables } from '../../../test-support/iptables.js';
import { client4 } from '../../../test-support/node.js';
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

describe('where there is no chain for the rules of others', () => {
  it('the command that the report tells an operator has packets pass', async () => {
    for (const program of ['iptables-nft', 'ip6tables-nft'] as const)
      stage.run('-P FORWARD DROP', program);
    const before = stage.ruleset();
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
    expect(stage.ruleset()).toBe(before);
    expect(reaches(stage.pod.host, client4)).toBe(false);
    for (const notice of notices) {
      for (const command of notice.remedy.split('; ')) {
        const [program, ...args] = command.split(' ');
        iptables(stage.node.host, `${program}-nft` as IptablesProgram, args);
      }
    }
    expect(stage.allPass()).toBe(true);
  });

  it('a chain of nft is reported with its command for each family that it sees', async () => {
    stage.node.host.exec(
      'nft',
      'table inet wall { chain pass { type filter hook forward priority 0; policy drop; }; }',
    );
    await reconciler.set('forwards', forwards);
    const [notice, ...more] = (await reconciler.look()).notices;
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ family: 'inet', table: 'wall', chain: 'pass' });
    expect(reaches(stage.pod.host, client4)).toBe(false);
    for (const command of notice?.remedy.split('; ') ?? []) {
      const [program = '', ...args] = command.split(' ');
      stage.node.host.exec(program, ...args);
    }
    expect(stage.allPass()).toBe(true);
  });

  it.each([
    [
      'of nft',
      'inet',
      'wall',
      () =>
        stage.node.host.exec(
          'nft',
          `table inet wall { chain pass { type filter hook forward priority 0; ct state established accept;
             reject with icmpx admin-prohibited; }; }`,
        ),
    ],
    ['of iptables', 'ip', 'filter', () => stage.run('-A FORWARD -j REJECT')],
  ])(
    'a chain %s that refuses by its last rule is reported as well',
    async (_, family, table, make) => {
      make();
      await reconciler.set('forwards', forwards);
      const { notices } = await reconciler.look();
      expect(notices).toMatchObject([{ kind: 'forward-drop', family, table }]);
      expect(reaches(stage.pod.host, client4)).toBe(false);
      for (const command of notices[0]?.remedy.split('; ') ?? []) {
        const [program = '', ...args] = command.split(' ');
        if (program === 'nft') stage.node.host.exec(program, ...args);
        else iptables(stage.node.host, 'iptables-nft', args);
      }
      expect(reaches(stage.pod.host, client4)).toBe(true);
    },
  );

  it('legacy rules are reported as what cannot be judged', async () => {
    const host = testHost('legacy');
    try {
      iptables(host, 'iptables-legacy', ['-P', 'FORWARD', 'DROP']);
      using netns = openNetns(host.path);
      enterNetns(netns);
      await using there = quietReconciler();
      await there.set('forwards', forwards);
      expect((await there.look()).notices).toMatchObject([{ kind: 'legacy-filter', family: 'ip' }]);
    } finally {
      using home = openNetns(stage.node.host.path);
      enterNetns(home);
      await host[Symbol.asyncDispose]();
    }
  });
});
