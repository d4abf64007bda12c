import { setFlagsFromString } from 'node:v8';

/**
 * When V8 compiles a function anew, for speed: `--interrupt-budget` are the bytes of bytecode that it has to run through for a tick, and
 * `--ticks-before-optimization` the ticks, to which come some by its length. What is shorter than `--max-bytecode-size-for-early-opt` is compiled at
 * the first. (67,584, 3 and 81 in Node 20.)
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

/** V8, which watches what is called, and compiles nothing yet. */
export interface WatchfulCompiler extends Disposable {
  /**
   * Has it compile, for all that it has seen by now, the functions that were called most; with each call some more.
   *
   * @param share - 0 to 1: how far the threshold goes down. A few functions at a time, since V8 keeps eight in mind, and forgets for long whatever comes
   *   on top.
   */
  compile(share: number): void;
}

/**
 * Has V8 watch what is called, until disposal; from then on it compiles only what is called very often. What it compiles for the first things that it
 * sees it gives up when it sees the others, and then lets that run through 67,584 bytes before the first tick, whatever it is told.
 */
export function watchCalls(): WatchfulCompiler {
  // Else V8 throws the code of functions away that were not called for some collections, which is how a daemon without pods spends its days.
  setFlagsFromString('--no-flush-bytecode');
  be({ budget: 100, ticks: 1_000_000, short: 0 });
  return {
    compile(share) {
      const ticks = Math.round(mostTicks * (leastTicks / mostTicks) ** share);
      be({ budget: 100, ticks, short: share < 1 ? 0 : 81 });
    },
    [Symbol.dispose]: () => be(calm),
  };
}

function be({ budget, ticks, short }: Patience): void {
  setFlagsFromString(`--interrupt-budget=${budget}`);
  setFlagsFromString(`--ticks-before-optimization=${ticks}`);
  setFlagsFromString(`--max-bytecode-size-for-early-opt=${short}`);
}
