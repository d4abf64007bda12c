/** Which rungs of docs/testing.md `npm test` climbs. */
import { isRoot } from './checkout.js';

/** Vite's usual loader writes a file into node_modules, which may be root's. */
const loader = '--configLoader=runner';

/** Everything for root; the unit rung for others, who are told so. Further arguments go to vitest. */
export function vitestArguments(args) {
  const choosesRungs = args.some((arg) => arg.startsWith('--project'));
  if (isRoot || choosesRungs) return ['run', loader, ...args];
  process.stderr.write(
    'test   not root: only the unit rung runs, kernel, lab, machine, interop and uml are left out; type: sudo npm test\n',
  );
  return ['run', loader, '--project', 'unit', ...args];
}
