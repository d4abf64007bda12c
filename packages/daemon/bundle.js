/** `node bundle.js`: poplind and its threads. package.json has the threads' names under `imports`. */
import { bundleProgram } from '../../tools/bundle/program.js';

await bundleProgram(new URL('.', import.meta.url), {
  main: 'src/main.ts',
  'kernel-thread': '../netlink/src/thread/main.ts',
  'forwarding-thread': '../backend-udp/src/thread/main.ts',
  'backend-thread': 'src/backend/external/thread/main.ts',
});
