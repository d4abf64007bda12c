/**
 * The thread that carries packets: everything else of the daemon goes on beside it.
 *
 * @module
 */
import { workerData } from 'node:worker_threads';
import { Loop } from './loop.js';
import type { ThreadData } from './orders.js';

const data = workerData as ThreadData;
using loop = new Loop(data);
loop.run();
data.port.close();
