/** `node bundle.js`: poplinctl. */
import { bundleProgram } from '../../tools/bundle/program.js';

await bundleProgram(new URL('.', import.meta.url), { main: 'src/main.ts' });
