import { expect, it } from 'vitest';
import { withoutUsing } from './without-using.js';

it('a handle of a round in a loop is let go after one that threw', async () => {
  const source = `
    const gone: string[] = [];
    const open = (n: number): Disposable => {
      if (n === 0) throw new Error('the first one');
      return { [Symbol.dispose]: () => void gone.push(String(n)) };
    };
    function first(): string {
      for (const n of [0, 1]) {
        try {
          using one = open(n);
          return String(n);
        } catch {}
      }
      return 'none';
    }
    export const found = first();
    export { gone };
  `;
  const code = withoutUsing('/packages/daemon/src/a.ts', source);
  expect(code).not.toMatch(/using one/);
  const { found, gone } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  expect({ found, gone }).toEqual({ found: '1', gone: ['1'] });
});

it('a source without handles stays as it is', () => {
  const source = 'export const using: number = 1;';
  expect(withoutUsing('/packages/daemon/src/a.ts', source)).toBe(source);
});
