import { setFlagsFromString } from 'node:v8';

/**
 * What V8 lets a function run before it is compiled anew, for speed: bytes of bytecode that it has run through (`--interrupt-budget`, 67,584 in
 * Node 20).
 */
const budgets = {
  /** While the rehearsal runs, nothing else does, and what it calls is what matters. */
  eager: 4_000,
  /**
   * Afterwards: what is still to come is called too seldom to pay. With V8's own number, compilers took a quarter of the processor's
   * time where pods came 32 at a time.
   */
  calm: 250_000,
} as const;

/** Has V8 compile soon what is called, until disposal; from then on only what is called very often. */
export function compileEagerly(): Disposable {
  // Else V8 throws the code of functions away that were not called for some collections, which is how a daemon without pods spends its days.
  setFlagsFromString('--no-flush-bytecode');
  setFlagsFromString(`--interrupt-budget=${budgets.eager}`);
  return {
    [Symbol.dispose]: () => setFlagsFromString(`--interrupt-budget=${budgets.calm}`),
  };
}
