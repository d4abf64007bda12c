import { describe, expect, it } from 'vitest';
import { config, refusal } from '../testing/call.js';
import { checkedNetwork } from './checked.js';

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
