import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a client is asked to do. */
export interface Question {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** For UDP: the same port again is the same flow. */
  readonly sourcePort?: number;
}

/** A namespace that plays a host or a pod, and can talk. */
export interface TestHost extends AsyncDisposable {
  readonly path: string;
  /** Runs a command inside and gives what it prints. */
  exec(command: string, ...args: string[]): string;
  /** Serves a TCP and a UDP port: tells every client `NAME sees ADDRESS`. */
  listen(name: string, port: number, address?: string): Promise<void>;
  /** What a server says; `nothing` when none answers. */
  ask(question: Question): Promise<string>;
}

const run = `pt${randomBytes(3).toString('hex')}`;
const talker = fileURLToPath(new URL('talker.mjs', import.meta.url));
let count = 0;

/** Makes a namespace with a name that no other run has, and a program in it that talks. */
export function testHost(role: string): TestHost {
  count += 1;
  const name = `${run}-${count}-${role}`;
  const path = `/run/netns/${name}`;
  execFileSync('ip', ['netns', 'add', name]);
  const exec = (command: string, ...args: string[]): string =>
    execFileSync('nsenter', [`--net=${path}`, command, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  // A router whose link-local address is still tentative asks for no neighbour (ndisc_solicit), and drops what is to reach it.
  exec('sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0');
  exec('ip', 'link', 'set', 'lo', 'up');
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = spawn('nsenter', [`--net=${path}`, process.execPath, talker], { env });
  const tell = conversation(child);
  return {
    path,
    exec,
    ask: (question) => tell('ask', question),
    async listen(greeting, port, address) {
      const answer = await tell('listen', { name: greeting, port, address });
      if (answer !== 'listening') throw new Error(`${greeting} on ${port}: ${answer}`);
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
      execFileSync('ip', ['netns', 'delete', name]);
    },
  };
}

/** Sends commands and tells the answers apart by number. */
function conversation(child: ChildProcessWithoutNullStreams) {
  const waiting = new Map<number, (answer: string) => void>();
  let last = 0;
  child.stderr.pipe(process.stderr);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, answer } = JSON.parse(line) as { id: number; answer: string };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return (verb: 'listen' | 'ask', options: object): Promise<string> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      child.stdin.write(`${JSON.stringify({ id: last, verb, options })}\n`);
    });
}
