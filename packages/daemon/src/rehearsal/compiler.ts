import { setFlagsFromString } from 'node:v8';

/**
 * What V8 lets a function run before it is compiled anew, for speed: bytes of bytecode that it has run through (`--interrupt-budget`, 67,584 in
 * Node 20).
 */
const budgets = {
  /** While the rehearsal runs, nothing else does, and what it calls is what matters. */
  eager: 4_000,
  /**
   * At its end. What is behind an `await` runs by itself, when all in front of it was compiled into who calls it: a few bytes at a time, and
   * so it is far from the number above when the rehearsal is over. By now V8 has seen what there is to see.
   */
  keen: 150,
  /**
   * Afterwards: what is still to come is called too seldom to pay. With V8's own number, compilers took a quarter of the processor's
   * time where pods came 32 at a time.
   */
  calm: 250_000,
} as const;

/** Has V8 compile soon what is called. */
export interface EagerCompiler extends Disposable {
  /** From now on all that is called more than once. */
  finish(): void;
}

/** Has V8 compile soon what is called, until disposal; from then on only what is called very often. */
export function compileEagerly(): EagerCompiler {
  // Else V8 throws the code of functions away that were not called for some collections, which is how a daemon without pods spends its days.
  setFlagsFromString('--no-flush-bytecode');
  setBudget(budgets.eager);
  return {
    finish: () => setBudget(budgets.keen),
    [Symbol.dispose]: () => setBudget(budgets.calm),
  };
}

function setBudget(bytes: number): void {
  setFlagsFromString(`--interrupt-budget=${bytes}`);
}
