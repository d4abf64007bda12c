import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NetlinkError } from '../error.js';
import { listenUnix } from './listen.js';
import { listenByNode } from './node-listener.js';
import type { UnixConnection, UnixListener, UnixListenOptions } from './types.js';

let dir: string;
let path: string;
const opened: (() => void)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'poplin-unix-'));
  path = join(dir, 'test.sock');
});
afterEach(() => {
  for (const close of opened.splice(0).reverse()) close();
  rmSync(dir, { recursive: true, force: true });
});

type Listen = (options: UnixListenOptions) => Promise<UnixListener>;
type Greet = UnixListenOptions['greet'];

/** Listens for the length of a test. */
async function start(
  listen: Listen,
  greet: Greet,
  options: Partial<UnixListenOptions> = {},
): Promise<UnixListener> {
  const trouble = (error: NetlinkError): void => {
    throw error;
  };
  const all = { path, greet, trouble, silence: 60_000, patience: 60_000, ...options };
  const listener = await listen(all);
  opened.push(() => listener.close());
  return listener;
}

/** Connects for the length of a test. */
function dial(options: { allowHalfOpen?: boolean } = {}): Socket {
  const socket = connect({ path, ...options });
  opened.push(() => socket.destroy());
  return socket;
}

/** All that comes until the other end closes. @throws {Error} of the socket. */
async function everything(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Says something and hears the answer. */
function ask(words: string): Promise<string> {
  const socket = dial();
  socket.write(words);
  return everything(socket);
}

const echo: Greet = (connection, bytes) => connection.end(Buffer.from(`you said ${bytes}`));

/** A greeting that a test waits for. */
function greeting() {
  let greet: Greet = () => {};
  const greeted = new Promise<{ connection: UnixConnection; bytes: Buffer }>((resolve) => {
    greet = (connection, bytes) => resolve({ connection, bytes });
  });
  return { greet, greeted };
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe.each([
  ['by system calls of its own', listenUnix],
  ['by node:net', listenByNode],
] as const)('a unix listener %s', (_name, listen) => {
  it('greets who connects with what it said, and sends the answer', async () => {
    await start(listen, echo);
    expect(await ask('hello')).toBe('you said hello');
  });

  it('answers many at once, each with its own, and keeps no descriptor', async () => {
    const listener = await start(listen, echo);
    const before = descriptors();
    const words = Array.from({ length: 300 }, (_, number) => `caller ${number}`);
    expect(await Promise.all(words.map(ask))).toEqual(words.map((said) => `you said ${said}`));
    await vi.waitUntil(() => descriptors() <= before, 10_000);
    listener.close();
    await vi.waitUntil(() => descriptors() < before, 10_000);
  });

  it('sends an answer of megabytes whole, however slowly it is read', async () => {
    const answer = Buffer.alloc(4_000_000, 'r');
    await start(listen, (connection) => connection.end(answer));
    const socket = dial({ allowHalfOpen: true });
    socket.write('go');
    let heard = 0;
    for await (const part of socket) {
      heard += (part as Buffer).length;
      await sleep(1);
    }
    expect(heard).toBe(answer.length);
  });

  it('lets the other end speak on, without losing it any of the answer', async () => {
    const { greet, greeted } = greeting();
    await start(listen, greet);
    const socket = dial({ allowHalfOpen: true }).pause();
    socket.write('go');
    const { connection } = await greeted;
    let isClosed = false;
    connection.whenClosed(() => {
      isClosed = true;
    });
    for (const size of [10, 200_000]) socket.write(Buffer.alloc(size, 'x'));
    connection.end(Buffer.alloc(150_000, 'r'));
    for (const size of [10, 200_000]) socket.write(Buffer.alloc(size, 'y'));
    await vi.waitUntil(() => socket.writableLength === 0, 10_000);
    expect(isClosed).toBe(false);
    expect(await everything(socket)).toHaveLength(150_000);
    socket.end();
    await vi.waitUntil(() => isClosed, 10_000);
  });

  it('tells that the other end has gone, and once', async () => {
    const { greet, greeted } = greeting();
    await start(listen, greet);
    const socket = dial();
    socket.write('go');
    const { connection } = await greeted;
    let closings = 0;
    const closed = new Promise<void>((resolve) => {
      connection.whenClosed(() => {
        closings += 1;
        resolve();
      });
    });
    socket.destroy();
    await closed;
    connection.end(Buffer.from('too late'));
    connection.destroy();
    await sleep(10);
    expect(closings).toBe(1);
  });

  it('closes at once when told so', async () => {
    const closed = vi.fn();
    await start(listen, (connection) => {
      connection.whenClosed(closed);
      connection.destroy();
    });
    expect(await ask('hello')).toBe('');
    await vi.waitUntil(() => closed.mock.calls.length === 1, 10_000);
  });

  it('makes a connection a socket as any other, which reads again what has been read', async () => {
    await start(listen, (connection, bytes) => {
      const socket = connection.handOver(bytes);
      socket.pipe(socket);
    });
    const socket = dial({ allowHalfOpen: true });
    for (const word of ['one', 'two']) {
      socket.write(word);
      expect(String((await once(socket, 'data'))[0])).toBe(word);
    }
    socket.end('three');
    expect(await everything(socket)).toBe('three');
  });

  it('greets who says nothing for long, and hears what comes afterwards', async () => {
    const { greet, greeted } = greeting();
    await start(listen, greet, { silence: 20 });
    const client = dial();
    const { connection, bytes } = await greeted;
    expect(bytes).toHaveLength(0);
    const socket = connection.handOver(bytes).resume();
    client.write('at last');
    expect(String((await once(socket, 'data'))[0])).toBe('at last');
    socket.destroy();
  });

  it.each([
    ['short', 10],
    ['long', 4_000_000],
  ])('cuts off who keeps the connection with a %s answer unread', async (_what, size) => {
    const closed = vi.fn();
    const greet: Greet = (connection) => {
      connection.whenClosed(closed);
      connection.end(Buffer.alloc(size));
    };
    await start(listen, greet, { patience: 50 });
    dial({ allowHalfOpen: true }).pause().write('go');
    await vi.waitUntil(() => closed.mock.calls.length === 1, 10_000);
  });

  it('closes silent connections with itself, while others get their answer', async () => {
    const { greet, greeted } = greeting();
    const listener = await start(listen, greet);
    const silent = dial();
    await once(silent, 'connect');
    const answered = ask('go');
    const { connection } = await greeted;
    listener.close();
    expect(await everything(silent)).toBe('');
    await expect(ask('late')).rejects.toMatchObject({
      code: expect.stringMatching(/^(ECONNREFUSED|ENOENT)$/),
    });
    connection.end(Buffer.from('done'));
    expect(await answered).toBe('done');
  });

  it('passes over who goes without a word', async () => {
    const greet = vi.fn(echo);
    await start(listen, greet);
    const shy = dial();
    await once(shy, 'connect');
    shy.destroy();
    expect(await ask('hello')).toBe('you said hello');
    expect(greet).toHaveBeenCalledTimes(1);
  });

  it('says why it cannot listen', async () => {
    await start(listen, echo);
    await expect(start(listen, echo)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const nowhere = { path: join(dir, 'none', 'test.sock') };
    await expect(start(listen, echo, nowhere)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOENT|EACCES)$/),
    });
  });
});

it.each([
  ['', 'of no bytes'],
  ['/tmp/\0x', 'with a NUL'],
  [`/tmp/${'x'.repeat(103)}`, 'of 108 bytes'],
])('refuses a path %#: %s', async (bad) => {
  await expect(start(listenUnix, echo, { path: bad })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

/** How many descriptors each epoll instance of this process watches, as the kernel tells. */
function watched(): Map<string, number> {
  const numbers = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[eventpoll]';
    } catch {
      return false;
    }
  });
  const membersOf = (fd: string) => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').split('tfd:');
  return new Map(numbers.map((fd) => [fd, membersOf(fd).length - 1]));
}

describe('who has the answer', () => {
  it('gets it whole when more was said than has been read', async () => {
    await start(listenUnix, (connection, bytes) => {
      connection.end(Buffer.from(`${bytes.length}`));
    });
    const socket = dial();
    socket.end(Buffer.alloc(100_000));
    expect(await everything(socket)).toMatch(/^\d+$/);
  });

  it('is not watched for a moment, and is then', async () => {
    const others = new Set(watched().keys());
    const { greet, greeted } = greeting();
    await start(listenUnix, greet);
    const [own = ''] = [...watched().keys()].filter((fd) => !others.has(fd));
    const members = () => watched().get(own);
    const alone = members() ?? 0;
    dial({ allowHalfOpen: true }).write('hello');
    const { connection } = await greeted;
    expect(members()).toBe(alone + 1);
    connection.end(Buffer.from('bye'));
    expect(members()).toBe(alone);
    await vi.waitUntil(() => members() === alone + 1, 10_000);
  });
});

it('takes its turns: what one greeting has begun goes on before the next', async () => {
  const order: string[] = [];
  await start(listenUnix, async (connection, bytes) => {
    order.push(`${bytes} greeted`);
    await Promise.resolve();
    order.push(`${bytes} went on`);
    connection.end(bytes);
  });
  const words = Array.from({ length: 20 }, (_, number) => String(number));
  await Promise.all(words.map(ask));
  const begun = order.filter((_step, place) => place % 2 === 0);
  expect(order).toEqual(begun.flatMap((step) => [step, step.replace('greeted', 'went on')]));
});

it('lets those wait who come when no descriptor is left, and says so once', async () => {
  const troubles: string[] = [];
  const trouble = (error: NetlinkError): void => void troubles.push(error.code);
  await start(listenUnix, echo, { trouble });
  // What earlier tests have closed is gone by then.
  await sleep(50);
  using limit = fewDescriptors(descriptors() + 40);
  limit.fill(1);
  const answered = ask('hello');
  limit.fill(0);
  await vi.waitUntil(() => troubles.length > 0, 10_000);
  await sleep(250);
  limit.empty();
  expect(await answered).toBe('you said hello');
  expect(troubles).toEqual(['EMFILE']);
});

/** Lets this process have few descriptors, until disposal. */
function fewDescriptors(most: number) {
  const prlimit = (...parameters: string[]): string =>
    execFileSync('prlimit', ['--pid', String(process.pid), ...parameters], { encoding: 'utf8' });
  const before = prlimit('--nofile', '--output=SOFT', '--noheadings').trim();
  prlimit(`--nofile=${most}:`);
  const taken: number[] = [];
  const empty = (): void => {
    for (const fd of taken.splice(0)) closeSync(fd);
  };
  return {
    /** Takes all of them but a few. */
    fill(left: number): void {
      try {
        for (;;) taken.push(openSync('/dev/null', 'r'));
      } catch {
        for (const fd of taken.splice(taken.length - left)) closeSync(fd);
      }
    },
    empty,
    [Symbol.dispose]() {
      empty();
      prlimit(`--nofile=${before}:`);
    },
  };
}
