/** `npm run demo`, `npm test`, `npm run bench`, `npm run soak`: set-up, then the target with the arguments as they came. */
import { spawn } from 'node:child_process';
import { checkout, inCheckout, isRoot, leanEnvironment } from './checkout.js';
import { archives } from './debian-archive.js';
import { otherNodes } from './other-nodes.js';
import { returnToOwner } from './ownership.js';
import { prepare } from './prepare.js';
import { reportFailure } from './step.js';
import { vitestArguments } from './vitest-arguments.js';

/** What can be run: what it needs, and the program with its arguments. */
const targets = {
  demo: {
    needsRoot: 'it makes network namespaces',
    archives: ['etcd-server'],
    command: (args) => [inCheckout('e2e/dist/demo/main.js'), ...args],
  },
  bench: {
    needsRoot: 'it makes network namespaces',
    archives: ['etcd-server', 'containernetworking-plugins', 'iptables'],
    command: (args) => [inCheckout('e2e/dist/bench/main.js'), ...args],
  },
  soak: {
    needsRoot: 'it makes network namespaces',
    archives: ['etcd-server'],
    command: (args) => [inCheckout('e2e/dist/soak/main.js'), ...args],
  },
  test: {
    archives: Object.keys(archives),
    nodes: otherNodes,
    command: (args) => [inCheckout('node_modules/vitest/vitest.mjs'), ...vitestArguments(args)],
  },
};

process.exitCode = await main(process.argv[2], process.argv.slice(3));

async function main(name, args) {
  const target = targets[name];
  if (!target) {
    process.stderr.write(`usage: run.mjs ${Object.keys(targets).join('|')} [arguments]\n`);
    return 2;
  }
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (target.needsRoot && !isRoot && !asksForHelp) {
    const typed = [...(args.length > 0 ? ['--'] : []), ...args].join(' ');
    process.stderr.write(
      `${name} needs root because ${target.needsRoot}; type: sudo npm run ${`${name} ${typed}`.trimEnd()}\n`,
    );
    return 1;
  }
  try {
    await prepare(target);
    return await execute(target.command(args));
  } catch (error) {
    reportFailure(error);
    return 1;
  } finally {
    returnToOwner();
  }
}

/** Runs Node on a program to its end, handing on the signals that are meant for it. */
function execute(command) {
  const child = spawn(process.execPath, command, {
    cwd: checkout,
    env: leanEnvironment(),
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
