import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNftReply } from './decode.js';

/** Objects, or DECODE; nothing else. */
function objectsOrDecode(output: string): void {
  try {
    for (const object of decodeNftReply('list', output)) {
      for (const content of Object.values(object)) expect(content).toBeTypeOf('object');
      if (!('rule' in object)) continue;
      for (const statement of object.rule.expr ?? []) expect(statement).toBeTypeOf('object');
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'DECODE' });
  }
}

const table = { table: { family: 'inet', name: 'poplin', handle: 1 } };
const place = { family: 'inet', table: 'poplin', chain: 'c' };

describe('answers of libnftables', () => {
  it('are objects without the metainfo', () => {
    const output = JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, table] });
    expect(decodeNftReply('list', output)).toEqual([table]);
    expect(decodeNftReply('run', '')).toEqual([]);
    expect(decodeNftReply('run', ' \n')).toEqual([]);
  });

  it('have a text for a statement without JSON, and keep unknown kinds as they are', () => {
    const expr = ['osf name "Linux"', { 'new thing': { n: 1 } }, { accept: null }];
    const output = JSON.stringify({ nftables: [{ rule: { ...place, expr } }] });
    expect(decodeNftReply('list', output)).toEqual([
      { rule: { ...place, expr: [{ text: 'osf name "Linux"' }, ...expr.slice(1)] } },
    ]);
  });

  it('are refused with DECODE when they are anything else', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const near = fc.oneof(
      fc.record({ nftables: fc.array(json) }),
      fc.record({ nftables: fc.array(fc.record({ rule: json })) }),
      fc.record({ nftables: fc.array(fc.record({ rule: fc.record({ expr: json }) })) }),
      fc.record({ nftables: fc.array(fc.record({ rule: fc.record({ expr: fc.array(json) }) })) }),
    );
    const any = fc.oneof(
      fc.string(),
      fc.json(),
      near.map((value) => JSON.stringify(value)),
    );
    fc.assert(fc.property(any, objectsOrDecode), { numRuns: 5000 });
    for (const broken of ['{', '[]', '1', 'null', '{"nftables":{}}', '{"nftables":[null]}']) {
      expect(() => decodeNftReply('list', broken)).toThrow(
        expect.objectContaining({ code: 'DECODE' }),
      );
    }
  });

  it('do not overflow the stack, however deep', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    for (const output of [
      deep,
      `{"nftables":${deep}}`,
      `{"nftables":[${deep}]}`,
      `{"nftables":[{"rule":{"expr":${deep}}}]}`,
      `{"nftables":[{"rule":{"expr":["a",{"match":${deep}}]}}]}`,
      '{"nftables":'.repeat(200_000),
    ]) {
      objectsOrDecode(output);
    }
  });

  it('round counters beyond 2^53, as JSON does', () => {
    const output = '{"nftables":[{"counter":{"name":"c","bytes":18446744073709551615}}]}';
    expect(decodeNftReply('list', output)).toEqual([{ counter: { name: 'c', bytes: 2 ** 64 } }]);
  });
});
