import { setTimeout as pause } from 'node:timers/promises';
import { AddResponse, CheckResponse, type CniServiceServer, GcResponse } from '@poplin/api';
import { describe, expect, it } from 'vitest';
import { latch } from './latch.js';
import { errorOf } from './run-shim.js';
import { checkEnv, nodeEnv, Stage } from './stage.js';
import { answer, framed, http2, type Neglect, serveAfterNeglect } from './stand-in.js';

const stage = new Stage();
const newest = { cniVersion: '1.1.0' };

/** How a daemon that ends may treat a caller whom it has not answered. */
const neglects: readonly [string, Neglect][] = [
  ['is accepted and closed', (connection) => connection.destroy()],
  [
    'is closed when the request is read',
    (connection) => connection.once('data', () => connection.destroy()),
  ],
  ['is closed after the greeting', (connection) => connection.end(http2.settings)],
  ['is told to go away', (connection) => connection.write(http2.goaway(0))],
  ['is told to go away, but not at once', (connection) => connection.end(http2.goaway(1))],
  ['has its stream refused', (connection) => connection.write(http2.refusal)],
];

const added = AddResponse.encode({ result: Buffer.from('{}') }).finish();

const commands: readonly [string, Readonly<Record<string, string>>, Uint8Array, string][] = [
  ['ADD', {}, added, '{}'],
  ['CHECK', checkEnv, CheckResponse.encode({}).finish(), ''],
  ['GC', nodeEnv('GC'), GcResponse.encode({}).finish(), ''],
];

/** Neglects the first callers like that, and answers the next with this message. */
async function neglectThenAnswer(first: readonly Neglect[], message: Uint8Array = added) {
  const standIn = await serveAfterNeglect(stage.freshSocket(), first, (stream) =>
    answer(stream, framed(message), { 'grpc-status': '0' }),
  );
  stage.standIn = standIn;
  return standIn;
}

describe.each(commands)('%s is asked again', (_command, env, message, stdout) => {
  it.each(neglects)('when its connection %s', async (_how, neglect) => {
    const standIn = await neglectThenAnswer([neglect], message);
    expect(await stage.run(env, newest)).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(standIn.connections()).toBe(2);
  });

  it('when that happens several times, and each time in another way', async () => {
    // Their pauses take 50 + 100 + 200 ms of the second that a GC has.
    const several = neglects.slice(0, 3).map(([, neglect]) => neglect);
    const standIn = await neglectThenAnswer(several, message);
    expect(await stage.run(env, newest)).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(standIn.connections()).toBe(4);
  });
});

const drop: Neglect = (connection) => connection.destroy();

describe('a request is not made again', () => {
  it('when its time is over', async () => {
    const standIn = await neglectThenAnswer(Array(99).fill(drop));
    const error = errorOf(await stage.run(nodeEnv('GC'), newest));
    expect(error).toMatchObject({
      code: 11,
      msg: expect.stringContaining('closed the connection'),
    });
    expect(standIn.connections()).toBeGreaterThan(1);
    expect(standIn.connections()).toBeLessThan(99);
  });

  it('when the daemon goes away after that time', async () => {
    const late: Neglect = (connection) => {
      connection.once('data', () => pause(1_100).then(() => connection.destroy()));
    };
    const standIn = await neglectThenAnswer([late]);
    expect(errorOf(await stage.run(nodeEnv('GC'), newest)).code).toBe(11);
    expect(standIn.connections()).toBe(1);
  });

  it.each([
    ['headers', () => {}],
    ['a message', (stream: { write(bytes: Buffer): void }) => stream.write(framed(added))],
  ])('when its answer had begun with %s', async (_what, begin) => {
    const standIn = await serveAfterNeglect(stage.freshSocket(), [], (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      begin(stream);
      setTimeout(() => stream.session?.destroy(), 20);
    });
    stage.standIn = standIn;
    expect(errorOf(await stage.run()).code).toBe(11);
    expect(standIn.connections()).toBe(1);
  });

  it('when the daemon says that it is not there for it', async () => {
    const standIn = await serveAfterNeglect(stage.freshSocket(), [], (stream) =>
      answer(stream, Buffer.alloc(0), { 'grpc-status': '14', 'grpc-message': 'later' }),
    );
    stage.standIn = standIn;
    expect(errorOf(await stage.run())).toMatchObject({
      code: 11,
      msg: expect.stringContaining('later'),
    });
    expect(standIn.connections()).toBe(1);
  });

  it('when the runtime stops the shim', async () => {
    let second: () => void = () => {};
    const again = new Promise<void>((resolve) => {
      second = resolve;
    });
    const tell: Neglect = (connection) => {
      second();
      connection.destroy();
    };
    const standIn = await neglectThenAnswer([drop, tell, ...Array(99).fill(drop)]);
    const shim = stage.start();
    await again;
    shim.kill('SIGTERM');
    const error = errorOf(await shim.end);
    expect(error).toMatchObject({ code: 11, msg: expect.stringContaining('stopped by a signal') });
    expect(standIn.connections()).toBeLessThan(99);
  });

  it('when it is a STATUS, which the heartbeat answers', async () => {
    const standIn = await neglectThenAnswer([drop]);
    expect(errorOf(await stage.run(nodeEnv('STATUS'), newest)).code).toBe(50);
    expect(standIn.connections()).toBe(1);
  });
});

describe('a daemon that restarts', () => {
  it('fails none of 32 ADDs, wherever they were', async () => {
    const socket = stage.freshSocket();
    const served = { before: 0, after: 0 };
    const [arrival, departure] = [latch<void>(), latch<void>()];
    // The first four are answered, the others are kept waiting: one that is cut off within its answer does not ask again.
    const before: CniServiceServer['add'] = (_call, done) => {
      if (++served.before <= 4) done(null, { result: Buffer.from('{}') });
      else arrival.give();
    };
    const after: CniServiceServer['add'] = (_call, done) => {
      served.after += 1;
      setTimeout(() => done(null, { result: Buffer.from('{}') }), 20);
    };
    await stage.serve({ add: before }, socket);
    let ended = 0;
    const shims = Array.from({ length: 32 }, async (_, i) => {
      const end = await stage.run({ CNI_CONTAINERID: `c${i}` });
      if (++ended === 4) departure.give();
      return end;
    });
    await Promise.all([arrival.came, departure.came]);
    await stage.standIn?.stop();
    await stage.serve({ add: after }, socket);
    const ends = await Promise.all(shims);
    expect(ends).toEqual(Array(32).fill({ exitCode: 0, stdout: '{}', stderr: '' }));
    expect(served.after).toBeGreaterThan(0);
  });
});
