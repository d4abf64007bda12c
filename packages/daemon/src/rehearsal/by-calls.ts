import type { SetFlag, WatchfulCompiler } from './watchful-compiler.js';

/**
 * When V8 compiles a function: after so many calls by Maglev, its quick compiler (which Node 21 and 22 leave off), and by TurboFan after so many since then. One that has
 * just met something new waits for at least so many more.
 */
interface Patience {
  readonly maglev: number;
  readonly turbofan: number;
  readonly afterNews: number;
}

/** All that a rehearsal calls once per pod is compiled half-way through. */
const eager: Patience = { maglev: 30, turbofan: 120, afterNews: 30 };

/** V8's own numbers. */
const calm: Patience = { maglev: 400, turbofan: 3000, afterNews: 500 };

/**
 * The compiler of V8 11.8 and later, Node 21 and later. It counts the calls of each function by itself, from zero for one that it has given up, so that there is
 * nothing to be told in between.
 */
export function compileByCalls(set: SetFlag): WatchfulCompiler {
  be(set, eager);
  return {
    compile() {},
    [Symbol.dispose]: () => be(set, calm),
  };
}

function be(set: SetFlag, { maglev, turbofan, afterNews }: Patience): void {
  set(`--invocation-count-for-maglev=${maglev}`);
  set(`--invocation-count-for-turbofan=${turbofan}`);
  set(`--minimum-invocations-after-ic-update=${afterNews}`);
}
