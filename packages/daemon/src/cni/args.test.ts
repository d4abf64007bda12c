import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCniArgs } from './args.js';
import { refusal } from './testing/call.js';

describe('parseCniArgs', () => {
  it('reads what containerd sends, in any order', () => {
    const pairs = [
      'IgnoreUnknown=1',
      'K8S_POD_NAMESPACE=shop',
      'K8S_POD_NAME=cart-0',
      `K8S_POD_INFRA_CONTAINER_ID=${'a'.repeat(64)}`,
      'K8S_POD_UID=0b3c',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(pairs, { minLength: pairs.length }), (order) => {
        expect(parseCniArgs(order.join(';'))).toEqual({ pod: 'shop/cart-0', podUid: '0b3c' });
      }),
    );
  });

  it('reads IP and MAC, and ignores GATEWAY', () => {
    expect(parseCniArgs('IP=10.244.0.9;MAC=0a:58:00:00:00:01;GATEWAY=10.244.0.1')).toEqual({
      ip: '10.244.0.9',
      mac: '0a:58:00:00:00:01',
    });
  });

  it.each(['', ';', ';;'])('reads nothing from %j', (text) => {
    expect(parseCniArgs(text)).toEqual({});
  });

  it('takes an empty value for none', () => {
    expect(parseCniArgs('IP=;MAC=;K8S_POD_NAME=;K8S_POD_NAMESPACE=shop')).toEqual({});
  });

  it('names the nearest key for an unknown one', () => {
    expect(refusal(() => parseCniArgs('K8S_POD_NAM=x'))).toBe(
      'INVALID_REQUEST CNI_ARGS: K8S_POD_NAM: unknown key; did you mean K8S_POD_NAME?',
    );
  });

  it.each(['1', 'true', 'TRUE', 'True'])('lets unknown keys pass with IgnoreUnknown=%s', (yes) => {
    expect(parseCniArgs(`COLOUR=red;IgnoreUnknown=${yes}`)).toEqual({});
  });

  it.each(['IgnoreUnknown=0', 'IgnoreUnknown=FALSE', 'IgnoreUnknown=0;IP=10.0.0.1'])(
    'refuses unknown keys with %s',
    (text) => {
      expect(refusal(() => parseCniArgs(`${text};COLOUR=red`))).toContain('COLOUR: unknown key');
    },
  );

  it('knows keys in their own spelling only, as Go does', () => {
    expect(refusal(() => parseCniArgs('ignoreunknown=1'))).toContain('did you mean IgnoreUnknown?');
  });

  it('refuses an IgnoreUnknown that is neither true nor false', () => {
    expect(refusal(() => parseCniArgs('IgnoreUnknown=yes'))).toBe(
      'INVALID_REQUEST CNI_ARGS: IgnoreUnknown must be 1, true, 0 or false, not "yes"',
    );
  });

  it.each(['X', 'X=a=b', '=a', 'IgnoreUnknown=1;X'])(
    'refuses %j: a pair has exactly one equal sign and a key',
    (text) => {
      expect(refusal(() => parseCniArgs(text))).toMatch(/^INVALID_REQUEST .* where KEY=VALUE/);
    },
  );

  it('refuses two values for a key that it knows', () => {
    expect(refusal(() => parseCniArgs('IP=10.0.0.1;IP=10.0.0.2'))).toContain('two values for IP');
    expect(parseCniArgs('IP=10.0.0.1;IP=10.0.0.1')).toEqual({ ip: '10.0.0.1' });
    expect(parseCniArgs('IgnoreUnknown=1;X=1;X=2')).toEqual({});
  });

  it('answers any text with a value or its own error', () => {
    const pair = fc.tuple(
      fc.constantFrom('IP', 'MAC', 'IgnoreUnknown', 'X', '__proto__'),
      fc.string(),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pair.map(([key, value]) => `${key}=${value}`)).map((pairs) => pairs.join(';')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        refusal(() => parseCniArgs(text));
      }),
    );
  });
});
