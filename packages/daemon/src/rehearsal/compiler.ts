import { setFlagsFromString } from 'node:v8';
import { compileByCalls } from './by-calls.js';
import { compileByTicks } from './by-ticks.js';
import type { SetFlag, WatchfulCompiler } from './watchful-compiler.js';

/** By the version of V8, as in `process.versions`: Node 20, and Node 21 to 26. */
const compilers: readonly (readonly [RegExp, (set: SetFlag) => WatchfulCompiler])[] = [
  [/^11\.3\./, compileByTicks],
  [/^(11\.8|1[2-4])\./, compileByCalls],
];

/**
 * Has V8 watch what is called, until disposal; from then on it compiles only what is called very often.
 *
 * @param version - of V8. One that is not known here is left as it is: for each flag that it does not have it prints an error.
 * @param set - sets a flag of this process by default.
 */
export function watchCalls(
  version = process.versions.v8,
  set: SetFlag = setFlagsFromString,
): WatchfulCompiler {
  const open = compilers.find(([known]) => known.test(version))?.[1];
  if (!open) return { compile() {}, [Symbol.dispose]() {} };
  // Else V8 throws the code of functions away that were not called for some collections, which is how a daemon without pods spends its days.
  set('--no-flush-bytecode');
  return open(set);
}
