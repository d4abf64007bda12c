import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { artifacts, type Host, makeContainer } from '../../lab/index.js';
import { type Summary, summarize } from '../statistics.js';
import { compile } from './compile.js';
import { namespaces } from './duel.js';
import type { Runner } from './runner.js';

/** The shim without a daemon's work behind it, beside the least that could do the same. Milliseconds. */
export interface ShimAlone {
  /** An empty static C program. */
  readonly empty: Summary;
  /** A static C program that asks once on a unix socket. */
  readonly roundTrip: Summary;
  /** The shim's ADD, answered at once, in one write. */
  readonly shim: Summary;
  readonly bound: number;
}

/** How often each runs in a row: what it needs is in the caches then, as on a node that starts many pods. */
const inARow = 50;

const turns = 6;

/** Measures the three in turn. */
export async function shimAlone(host: Host, runner: Runner): Promise<ShimAlone> {
  const http2 = `${host.folder}/echo.sock`;
  const plain = `${host.folder}/echo-plain.sock`;
  const program = await compile('round-trip');
  const server = spawn(process.execPath, [
    fileURLToPath(new URL('./echo-server.js', import.meta.url)),
    http2,
    plain,
  ]);
  try {
    await once(server.stdout, 'data');
    await using pods = await namespaces(host, 's', 1);
    const { id, args } = makeContainer('bench');
    const env = {
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: id,
      CNI_NETNS: pods.list[0]?.path ?? '',
      CNI_IFNAME: 'eth0',
      CNI_ARGS: args,
      CNI_PATH: artifacts.referencePlugins,
    };
    const input = JSON.stringify({ ...host.networkConfig, socket: http2 });
    const executions = {
      empty: { program, input: '', env: {} },
      roundTrip: { program, input: '', env: { SOCKET: plain } },
      shim: { program: artifacts.shim, input, env },
    };
    const times = { empty: [] as number[], roundTrip: [] as number[], shim: [] as number[] };
    for (let turn = 0; turn < turns; turn++) {
      for (const what of ['empty', 'roundTrip', 'shim'] as const) {
        for (let i = 0; i < inARow; i++) times[what].push((await runner.run(executions[what])).ms);
      }
    }
    const roundTrip = summarize(times.roundTrip);
    const shim = summarize(times.shim);
    const bound = Math.round(roundTrip.p50 * 150) / 100;
    return { empty: summarize(times.empty), roundTrip, shim, bound };
  } finally {
    server.kill();
  }
}
