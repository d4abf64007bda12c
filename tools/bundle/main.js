/** `node tools/bundle/main.js PROGRAM`: makes few large files of a program, in the folder `bundle` of its package. */
import { fileURLToPath } from 'node:url';
import { bundleProgram } from './program.js';

/** The package of each program, and what is started: the program itself and its threads. package.json has their names under `imports`. */
const programs = {
  poplind: {
    folder: 'daemon',
    entries: {
      main: 'src/main.ts',
      'kernel-thread': '../netlink/src/thread/main.ts',
      'forwarding-thread': '../backend-udp/src/thread/main.ts',
      'backend-thread': 'src/backend/external/thread/main.ts',
    },
  },
  poplinctl: { folder: 'cli', entries: { main: 'src/main.ts' } },
};

const { folder, entries } = programs[process.argv[2]];
await bundleProgram(fileURLToPath(new URL(`../../packages/${folder}`, import.meta.url)), entries);
