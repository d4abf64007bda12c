import type { SetFlag, WatchfulCompiler } from './watchful-compiler.js';

/**
 * When V8 compiles a function anew, for speed: `--interrupt-budget` are the bytes of bytecode that it has to run through for a tick, and
 * `--ticks-before-optimization` the ticks, to which come some by its length. What is shorter than `--max-bytecode-size-for-early-opt` is compiled at
 * the first. (67,584, 3 and 81.)
 */
interface Patience {
  readonly budget: number;
  readonly ticks: number;
  readonly short: number;
}

/** More ticks than any function has when the rehearsal ends. */
const mostTicks = 4000;

const leastTicks = 3;

/**
 * What is still to come is called too seldom to pay. With V8's own number, compilers took a quarter of the processor's time where pods came 32 at
 * a time.
 */
const calm: Patience = { budget: 250_000, ticks: leastTicks, short: 81 };

/**
 * The compiler of V8 11.3, Node 20. It has nothing compiled at first: what it compiles for the first things that it sees it gives up when it sees the
 * others, and then lets that run through 67,584 bytes before the first tick, whatever it is told.
 */
export function compileByTicks(set: SetFlag): WatchfulCompiler {
  be(set, { budget: 100, ticks: 1_000_000, short: 0 });
  return {
    compile(share) {
      const ticks = Math.round(mostTicks * (leastTicks / mostTicks) ** share);
      be(set, { budget: 100, ticks, short: share < 1 ? 0 : 81 });
    },
    [Symbol.dispose]: () => be(set, calm),
  };
}

function be(set: SetFlag, { budget, ticks, short }: Patience): void {
  set(`--interrupt-budget=${budget}`);
  set(`--ticks-before-optimization=${ticks}`);
  set(`--max-bytecode-size-for-early-opt=${short}`);
}
