import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';

const annotations = 'io.kubernetes.cri.pod-annotations';

/** The four places of a wish for an address, first to last, each with a value of its own. */
const ipPlaces = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] as const;
const macPlaces = [
  '02:00:00:00:00:01',
  '02:00:00:00:00:02',
  '02:00:00:00:00:03',
  '02:00:00:00:00:04',
] as const;

/** A call that says something in the chosen places. */
function said(ips: readonly boolean[], macs: readonly boolean[]) {
  const pick = <T>(chosen: readonly boolean[], places: readonly T[], at: number) =>
    chosen[at] ? places[at] : undefined;
  const list = (at: number) => [pick(ips, ipPlaces, at)].filter((ip) => ip !== undefined);
  return optionsOf(
    {
      runtimeConfig: {
        IPs: list(0),
        Mac: pick(macs, macPlaces, 0),
        [annotations]: {
          'poplin.dev/ips': pick(ips, ipPlaces, 2),
          'poplin.dev/mac': pick(macs, macPlaces, 2),
        },
      },
      args: { cni: { ips: list(1), mac: pick(macs, macPlaces, 1) } },
    },
    { args: `IP=${pick(ips, ipPlaces, 3) ?? ''};MAC=${pick(macs, macPlaces, 3) ?? ''}` },
  );
}

describe('addresses and MACs that a pod wants', () => {
  it('are taken from the first place that has one: runtimeConfig, args.cni, annotation, CNI_ARGS', () => {
    const four = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(four, four, (ips, macs) => {
        const options = said(ips, macs);
        const [ip] = ipPlaces.filter((_, at) => ips[at]);
        expect(options.ips).toEqual(ip === undefined ? [] : [{ ip }]);
        expect(options.mac).toBe(macPlaces.find((_, at) => macs[at]));
      }),
    );
  });

  it('may have a prefix length', () => {
    expect(optionsOf({ runtimeConfig: { ips: ['10.244.0.9/24', 'FD00::9'] } }).ips).toEqual([
      { ip: '10.244.0.9', length: 24 },
      { ip: 'fd00::9' },
    ]);
  });

  it('stand in the annotation by comma', () => {
    const runtimeConfig = { [annotations]: { 'poplin.dev/ips': ' 10.244.0.9 , fd00::9,' } };
    expect(optionsOf({ runtimeConfig }).ips).toEqual([{ ip: '10.244.0.9' }, { ip: 'fd00::9' }]);
  });

  it('know annotations in their own spelling only', () => {
    const runtimeConfig = { [annotations]: { 'Poplin.dev/ips': '10.244.0.9', other: 'x' } };
    expect(optionsOf({ runtimeConfig }).ips).toEqual([]);
  });

  it('write a MAC in lower case', () => {
    expect(optionsOf({ runtimeConfig: { mac: '0A:58:0A:F4:00:09' } }).mac).toBe(
      '0a:58:0a:f4:00:09',
    );
  });

  it.each([
    ['runtimeConfig.ips', { runtimeConfig: { ips: ['10.0.0'] } }],
    ['runtimeConfig.ips', { runtimeConfig: { ips: ['10.0.0.1/33'] } }],
    ['runtimeConfig.ips', { runtimeConfig: { ips: [''] } }],
    ['args.cni.ips', { args: { cni: { ips: ['x'] } } }],
    [
      'annotation poplin.dev/ips',
      { runtimeConfig: { [annotations]: { 'poplin.dev/ips': 'a,b' } } },
    ],
    ['runtimeConfig.mac', { runtimeConfig: { mac: '01:00:5e:00:00:01' } }],
    ['runtimeConfig.mac', { runtimeConfig: { mac: '00:00:00:00:00:00' } }],
    ['runtimeConfig.mac', { runtimeConfig: { mac: 'ff:ff:ff:ff:ff:ff' } }],
    ['args.cni.mac', { args: { cni: { mac: 'x' } } }],
    ['annotation poplin.dev/mac', { runtimeConfig: { [annotations]: { 'poplin.dev/mac': 'x' } } }],
  ])('are refused under their place, %s', (place, keys) => {
    expect(refusal(() => optionsOf(keys))).toContain(
      `INVALID_NETWORK_CONFIG network configuration: ${place}: `,
    );
  });

  it.each(['IP=x', 'MAC=x', 'MAC=01:00:00:00:00:00'])('are refused in CNI_ARGS: %s', (args) => {
    expect(refusal(() => optionsOf({}, { args }))).toMatch(/^INVALID_REQUEST CNI_ARGS: (IP|MAC): /);
  });

  it('are refused when one is asked for twice', () => {
    expect(
      refusal(() => optionsOf({ runtimeConfig: { ips: ['fd00::1', 'fd00:0::1/64'] } })),
    ).toContain('runtimeConfig.ips: fd00::1 is asked for twice');
  });

  it('are not even read in the places behind the first', () => {
    const keys = { runtimeConfig: { ips: ['10.0.0.1'], mac: '02:00:00:00:00:01' } };
    expect(optionsOf(keys, { args: 'IP=x;MAC=x' }).ips).toHaveLength(1);
  });
});
