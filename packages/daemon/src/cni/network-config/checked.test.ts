import { describe, expect, it } from 'vitest';
import { config, refusal } from '../testing/call.js';
import { checkedNetwork } from './checked.js';
import { parseNetworkConfig } from './parse.js';

describe('a checked configuration', () => {
  it('is checked once for the same bytes', () => {
    const first = checkedNetwork(config({ attach: { mtu: 1400 } }));
    expect(first.config.attach?.mtu).toBe(1400);
    expect(checkedNetwork(config({ attach: { mtu: 1400 } }))).toBe(first);
  });

  it('is another one when a single byte differs', () => {
    const one = checkedNetwork(config({ attach: { mtu: 1400 } }));
    const other = checkedNetwork(config({ attach: { mtu: 1401 } }));
    expect([one.config.attach?.mtu, other.config.attach?.mtu]).toEqual([1400, 1401]);
  });

  it('cannot be changed by who has it', () => {
    const { document, config: checked } = checkedNetwork(config({ routes: [], _own: { x: [1] } }));
    expect(Object.isFrozen(checked.routes)).toBe(true);
    expect(() => Object.assign(document._own as object, { x: 2 })).toThrow(TypeError);
  });

  it('is refused as often as it is asked for', () => {
    const bad = config({ colour: 'red' });
    for (let i = 0; i < 2; i++) {
      expect(refusal(() => checkedNetwork(bad))).toMatch(/^INVALID_NETWORK_CONFIG/);
    }
  });

  it.each([
    ['the operator', { colour: 'red', runtimeConfig: { portMappings: [] } }, /colour/],
    ['the runtime', { runtimeConfig: { portMappings: 80 } }, /runtimeConfig.portMappings/],
    ['both', { colour: 'red', runtimeConfig: { portMappings: 80 } }, /portMappings.*colour/s],
  ])('is refused with all that is wrong with it, whoever wrote that: %s', (_, keys, words) => {
    expect(refusal(() => checkedNetwork(config(keys)))).toMatch(words);
  });

  it('is checked anew only where it differs for each pod', () => {
    const ofPod = (hostPort: number) =>
      checkedNetwork(
        config({
          routes: [{ dst: '10.0.0.0/8' }],
          runtimeConfig: { portMappings: [{ hostPort, containerPort: 80, protocol: 'tcp' }] },
        }),
      );
    const [one, other] = [ofPod(8000), ofPod(8001)];
    expect(other.config.routes).toBe(one.config.routes);
    expect(other.config.runtimeConfig?.portMappings).toMatchObject([{ hostPort: 8001 }]);
    expect(one.config.runtimeConfig?.portMappings).toMatchObject([{ hostPort: 8000 }]);
  });

  it('is what it would be if it were checked as a whole', () => {
    const written = [{}, { attach: { mtu: 1400 }, routes: null }, { dns: {}, _own: 1, ipam: {} }];
    const ofPods = [
      {},
      { prevResult: { ips: [] } },
      { prevResult: null, runtimeConfig: null },
      { runtimeConfig: {} },
      { runtimeConfig: { PortMappings: [{ HostPort: 80, ContainerPort: 8080 }], unheardOf: null } },
      { runtimeConfig: { portMappings: null, mac: '02:00:00:00:00:01', 'x/y': 1 } },
    ];
    for (const keys of written) {
      for (const more of ofPods) {
        const { config: checked, document } = checkedNetwork(config({ ...keys, ...more }));
        expect(checked).toEqual(parseNetworkConfig(document));
      }
    }
  });

  it('is forgotten when many others have come since', () => {
    const first = checkedNetwork(config({ _place: 'first' }));
    for (let i = 0; i < 16; i++) checkedNetwork(config({ _place: i }));
    const again = checkedNetwork(config({ _place: 'first' }));
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('is kept while others come, as long as it is asked for', () => {
    const first = checkedNetwork(config({ _kept: 'first' }));
    for (let i = 0; i < 40; i++) {
      checkedNetwork(config({ _kept: i }));
      expect(checkedNetwork(config({ _kept: 'first' }))).toBe(first);
    }
  });

  it('is not kept when it is long', () => {
    const long = config({ _long: 'x'.repeat(20_000) });
    expect(checkedNetwork(long)).not.toBe(checkedNetwork(long));
  });
});
