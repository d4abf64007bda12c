import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ipOf, reaches, Stage } from './stage/index.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.create();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

/** What passed between a plugin and the daemon. */
interface Passed {
  /** In how many pieces the plugin's call came. */
  readonly pieces: number;
  /** Whether headers of the answer are in plain text. A session of grpc-js has them in HPACK's Huffman code. */
  readonly isPlain: boolean;
}

/** Stands between plugin and daemon, and tells what passed in one connection. */
async function between(path: string, act: () => Promise<void>): Promise<Passed> {
  const up: number[] = [];
  const down: Buffer[] = [];
  const server = createServer((plugin) => {
    const daemon = connect({ path: stage.host.socket });
    plugin.on('data', ({ length }) => up.push(length)).pipe(daemon);
    daemon.on('data', (chunk) => down.push(chunk)).pipe(plugin);
    // Either may go first.
    for (const one of [plugin, daemon]) one.on('error', () => {});
  }).listen(path);
  await once(server, 'listening');
  try {
    await act();
  } finally {
    server.close();
  }
  return { pieces: up.length, isPlain: Buffer.concat(down).includes('application/grpc') };
}

it('the plugin brings its call in one piece, grants room for the answer, and so needs no session of the daemon', async () => {
  const socket = `${stage.lab.folder}/between.sock`;
  const subject = await stage.subject();
  const config = { ...stage.config('1.1.0'), socket };
  let ip = '';
  for (const command of ['ADD', 'DEL'] as const) {
    const passed = await between(socket, async () => {
      if (command === 'ADD') ip = ipOf(await stage.add(subject, config));
      else await stage.del(subject, config);
    });
    expect(passed).toEqual({ pieces: 1, isPlain: true });
    expect(await reaches(stage.host.namespace, ip)).toBe(command === 'ADD');
  }
});
