import { renameSync } from 'node:fs';
import { AddResponse } from '@poplin/api';
import { describe, expect, it } from 'vitest';
import { latch } from './latch.js';
import { errorOf } from './run-shim.js';
import { Stage } from './stage.js';
import { answer, framed, type StandIn, serveBytes, serveHttp2 } from './stand-in.js';

const stage = new Stage();

// Side by side: the shim waits a while for a daemon.
describe.concurrent('a daemon that is away', () => {
  it('leads to code 11 that names the socket and the remedy', async () => {
    const socket = stage.freshSocket();
    const error = errorOf(await stage.run({}, { socket }));
    expect(error).toMatchObject({ code: 11, msg: expect.stringContaining(socket) });
    expect(error.msg).toContain('systemctl status poplind');
    expect(error.msg.toLowerCase()).not.toMatch(/not found|no such file/);
  });

  it('leads to code 11 when it left its socket behind', async () => {
    const bound = stage.freshSocket();
    const socket = `${bound}.left`;
    const standIn = await serveBytes(bound, '', true);
    renameSync(bound, socket);
    await standIn.stop();
    expect(errorOf(await stage.run({}, { socket }))).toMatchObject({
      code: 11,
      msg: expect.stringContaining('nobody listens there'),
    });
  });

  it('is not waited for when waiting does not help', async () => {
    const socket = '/dev/null/poplin.sock';
    expect(errorOf(await stage.run({}, { socket }))).toMatchObject({
      code: 5,
      msg: expect.stringContaining(socket),
    });
  });
});

describe('a call that does not end', () => {
  it('is cancelled when the runtime stops the shim', async () => {
    const arrived = latch<void>();
    const dropped = latch<void>();
    await stage.serve({
      add(call) {
        call.on('cancelled', () => dropped.give());
        arrived.give();
      },
    });
    const shim = stage.start();
    await arrived.came;
    shim.kill('SIGTERM');
    expect(errorOf(await shim.end)).toMatchObject({
      code: 11,
      msg: expect.stringContaining('stopped by a signal'),
    });
    await dropped.came;
  });

  it('is cancelled at the daemon when the runtime kills the shim', async () => {
    const arrived = latch<void>();
    const dropped = latch<void>();
    await stage.serve({
      add(call) {
        call.on('cancelled', () => dropped.give());
        arrived.give();
      },
    });
    const shim = stage.start();
    await arrived.came;
    shim.kill('SIGKILL');
    expect(await shim.end).toMatchObject({ exitCode: null, stdout: '' });
    await dropped.came;
  });
});

const good = AddResponse.encode({ result: Buffer.from('{}') }).finish();

describe('an answer that is wrong', () => {
  const tooLarge = AddResponse.encode({ result: Buffer.alloc(5 << 20, 0x20) }).finish();
  const bodies: readonly [string, Buffer, RegExp][] = [
    ['no message', Buffer.alloc(0), /no single uncompressed message/],
    ['two messages', Buffer.concat([framed(good), framed(good)]), /no single uncompressed message/],
    ['a compressed message', framed(good, 1), /no single uncompressed message/],
    ['half a message', framed(good).subarray(0, 7), /no single uncompressed message/],
    ['a length that lies', Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1]), /no single uncompressed/],
    ['a message that is no protobuf', framed(Buffer.from([0xff, 0xff])), /without a result/],
    ['a message without a result', framed(Buffer.alloc(0)), /without a result/],
    ['a message of 5 MiB', framed(tooLarge), /more than the shim accepts/],
  ];

  it.each(bodies)('because it has %s is refused', async (_what, body, why) => {
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream) =>
      answer(stream, body, { 'grpc-status': '0' }),
    );
    expect(errorOf(await stage.run())).toMatchObject({
      code: 999,
      msg: expect.stringMatching(why),
    });
  });

  it('because it is an HTTP error is refused', async () => {
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream) => {
      stream.respond({ ':status': 404, 'content-type': 'text/html' }, { endStream: true });
    });
    expect(errorOf(await stage.run())).toMatchObject({ code: 999 });
  });

  it('because its status is no number is refused', async () => {
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream) =>
      answer(stream, framed(good), { 'grpc-status': 'fine' }),
    );
    expect(errorOf(await stage.run()).code).toBe(11);
  });

  it('because it is not HTTP/2 is refused', async () => {
    stage.standIn = await serveBytes(
      stage.freshSocket(),
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      false,
    );
    expect(errorOf(await stage.run())).toMatchObject({
      code: 999,
      msg: expect.stringContaining('not HTTP/2'),
    });
  });
});

// Side by side: the shim asks again for a while before it gives up.
describe.concurrent('a connection that ends', () => {
  it.each<[string, (socket: string) => Promise<StandIn>]>([
    ['at once', (socket) => serveBytes(socket, '', true)],
    [
      'in the middle of a call',
      (socket) => serveHttp2(socket, (stream) => stream.session?.destroy()),
    ],
    ['by a reset', (socket) => serveHttp2(socket, (stream) => stream.close(2))],
    [
      'before the status',
      (socket) =>
        serveHttp2(socket, (stream) => {
          stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
          stream.end(framed(good));
        }),
    ],
  ])('%s leads to code 11', async (_when, start) => {
    const socket = stage.freshSocket();
    const standIn = await start(socket);
    try {
      const error = errorOf(await stage.run({}, { socket }));
      expect(error).toMatchObject({
        code: 11,
        msg: expect.stringContaining('closed the connection'),
      });
      expect(error.msg.toLowerCase()).not.toMatch(/not found|no such file/);
    } finally {
      await standIn.stop();
    }
  });
});
