/** Code generation, TypeScript, the programs' bundles and the shim, through nx; skipped when nothing that they read has changed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hasInCheckout, inCheckout, leanEnvironment } from './checkout.js';
import { run } from './command.js';
import { compilerPackages, missingPackages } from './debian-packages.js';
import { buildFingerprint } from './fingerprint.js';

const stampFile = inCheckout('.cache/setup/build');
const shimPackage = '@poplin/cni';

/**
 * Builds everything; without a C compiler and its libraries everything but the shim.
 *
 * @returns {Promise<string>} what was done, in a few words
 */
export async function build() {
  const withShim = missingPackages(compilerPackages).length === 0;
  const fingerprint = buildFingerprint();
  const stamps = withShim ? ['whole'] : ['whole', 'without-shim'];
  const isBuilt = stamps.some((kind) => readStamp() === `${kind} ${fingerprint}\n`);
  if (isBuilt && expectedOutputs(withShim).every(hasInCheckout)) return 'in place';

  rmSync(stampFile, { force: true });
  await runNx(withShim ? [] : ['--exclude', shimPackage]);
  mkdirSync(inCheckout('.cache/setup'), { recursive: true });
  writeFileSync(stampFile, `${withShim ? 'whole' : 'without-shim'} ${fingerprint}\n`);
  return withShim ? 'built' : 'built, the shim left out for want of a compiler';
}

function runNx(args) {
  // The name of the program, not npx: npx asks npm first, which takes a second.
  const nx = inCheckout('node_modules/.bin/nx');
  return run(nx, ['run-many', '-t', 'build', '--outputStyle=static', ...args], {
    env: leanEnvironment({
      CI: 'true',
      NX_DAEMON: 'false',
      NX_NO_CLOUD: 'true',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    }),
    remedy: 'Mend what the compiler says, or go back to a commit that builds, and run this again.',
  });
}

const readStamp = () => (existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '');

/** One file per package that only a build makes. */
function expectedOutputs(withShim) {
  const compiled = ['e2e', ...readdirSync(inCheckout('packages')).map((name) => `packages/${name}`)]
    .filter((folder) => hasInCheckout(`${folder}/tsconfig.json`))
    .map((folder) => `${folder}/dist/.tsbuildinfo`);
  const bundled = ['daemon', 'cli'].map((name) => `packages/${name}/bundle/main.js`);
  return [...compiled, ...bundled, ...(withShim ? ['packages/cni/build/poplin'] : [])];
}
