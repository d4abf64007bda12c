import { kernelState, type RuleState } from '@poplin/backend';
import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { expectRest, lines, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();

const rules: readonly RuleState[] = [
  { family: 'ipv4', priority: 11_200, from: parseCidr('10.244.0.0/16'), table: 112 },
  { family: 'ipv4', priority: 11_200, to: parseCidr('10.244.0.0/16'), table: 112 },
  {
    family: 'ipv6',
    priority: 11_200,
    from: parseCidr('fd10::/48'),
    to: parseCidr('fd11::/48'),
    table: 1000,
  },
  { family: 'ipv6', priority: 11_201, from: parseCidr('::/0'), table: 112 },
];
const own4 = [
  '11200: from 10.244.0.0/16 lookup 112 proto 112',
  '11200: from all to 10.244.0.0/16 lookup 112 proto 112',
];
const own6 = [
  '11200: from fd10::/48 to fd11::/48 lookup 1000 proto 112',
  '11201: from all lookup 112 proto 112',
];
const shown = (family: '-4' | '-6') =>
  lines('ip', family, 'rule', 'show').filter((line) => line.startsWith('112'));
const expectOwn = (): void => {
  expect(shown('-4')).toEqual(own4);
  expect(shown('-6')).toEqual(own6);
};
const wish = () => stage.reconciler.set('rules', kernelState({ rules }));

describe('a rule', () => {
  it('is made and read back as it was asked for, whatever its selectors, and taken back', async () => {
    await wish();
    expectOwn();
    stage.reconciler.allowPruning();
    await expectRest(stage.reconciler);
    await stage.reconciler.remove('rules');
    expect([...shown('-4'), ...shown('-6')]).toEqual([]);
  });

  it.each([
    ['deleted', 'rule delete priority 11200 from 10.244.0.0/16'],
    ['deleted, of IPv6', '-6 rule delete priority 11201'],
    ['flushed with all others', 'rule flush'],
    [
      'replaced by a foreign one',
      'rule delete priority 11200 from 10.244.0.0/16; rule add priority 11200 from 10.244.0.0/16 lookup 112',
    ],
  ])('is put back when it is %s', async (what, commands) => {
    await wish();
    for (const command of commands.split('; ')) ip(...command.split(' '));
    await stage.repaired(`a rule that is ${what}`, () => {
      expect(shown('-4').filter((line) => line.endsWith('proto 112'))).toEqual(own4);
      expect(shown('-6')).toEqual(own6);
    });
  });

  it('stands beside a foreign one with the same selectors, which stays', async () => {
    ip(
      'rule',
      'add',
      'priority',
      '11200',
      'from',
      '10.244.0.0/16',
      'lookup',
      '112',
      'protocol',
      'static',
    );
    const foreign = shown('-4');
    await wish();
    stage.reconciler.allowPruning();
    await expectRest(stage.reconciler);
    expect(shown('-4')).toEqual([...own4, ...foreign].sort());
    await stage.reconciler.remove('rules');
    expect(shown('-4')).toEqual(foreign);
  });

  it('of an earlier run is taken over without a second one, and swept when nobody wants it', async () => {
    await wish();
    await stage.restart();
    await wish();
    expectOwn();
    await stage.restart();
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    expect([...shown('-4'), ...shown('-6')]).toEqual([]);
  });
});
