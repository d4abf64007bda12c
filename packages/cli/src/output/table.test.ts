import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPairs, formatTable } from './table.js';

describe('a table', () => {
  it('aligns text at the left and numbers at the right, without trailing blanks', () => {
    const text = formatTable(
      [{ title: 'NAME' }, { title: 'COUNT', align: 'right' }, { title: 'NOTE' }],
      [
        ['a', '1', 'first'],
        ['longer-name', '12345678', ''],
      ],
    );
    expect(text).toBe(
      [
        'NAME            COUNT  NOTE',
        'a                   1  first',
        'longer-name  12345678  -',
        '',
      ].join('\n'),
    );
  });

  it('shows its titles when it has no rows', () => {
    expect(formatTable([{ title: 'A' }, { title: 'B' }], [])).toBe('A  B\n');
  });

  it('counts characters, not UTF-16 units', () => {
    expect(formatTable([{ title: 'A' }, { title: 'B' }], [['😀', 'x']])).toBe('A  B\n😀  x\n');
  });

  it('shows control characters as question marks, so that no cell can steer the terminal', () => {
    expect(formatTable([{ title: 'A' }], [['x\u001b[2J\ny']])).toBe('A\nx?[2J?y\n');
  });

  it('has as many lines as rows and a title, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string())), (rows) => {
        const text = formatTable([{ title: 'A' }, { title: 'B' }], rows);
        expect(text.split('\n')).toHaveLength(rows.length + 2);
      }),
    );
  });
});

describe('pairs', () => {
  it('line up their values', () => {
    expect(
      formatPairs([
        ['Node', 'n1'],
        ['Attach mode', ''],
      ]),
    ).toBe('Node         n1\nAttach mode  -\n');
  });
});
