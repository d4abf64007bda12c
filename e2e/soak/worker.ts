/**
 * The runtime of a soak: runs the plugin for containers, so many at once, each ADD followed by its DEL. It is started
 * inside the namespace of the host, so that every plugin is too, without an `nsenter` each.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { AddressBook } from './book.js';
import { seededRandom } from './random.js';
import type { WorkerOptions, WorkerOrder, WorkerReport } from './worker-messages.js';

/** Milliseconds that a container lives at most. */
const longestLife = 50;

/** How often a runtime repeats a DEL that failed, and how long it waits: kubelet repeats it for ever. */
const deletions = { most: 300, pauseMs: 100 } as const;

process.once('message', (options: WorkerOptions) => {
  run(options).then(
    (report) => process.send?.({ type: 'report', report }, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`soak worker: ${error instanceof Error ? error.stack : error}\n`);
      process.exit(1);
    },
  );
});

async function run(options: WorkerOptions): Promise<WorkerReport> {
  const random = seededRandom(options.seed);
  const book = new AddressBook();
  const free = [...options.namespaces];
  const failedAdds: Record<string, number> = {};
  const failedDels: Record<string, number> = {};
  let begun = 0;
  let added = 0;
  let goesOn = options.goesOn;
  process.once('message', (_enough: WorkerOrder) => {
    goesOn = false;
  });

  const lane = async (): Promise<void> => {
    while (begun < options.pairs || goesOn) {
      begun++;
      process.send?.({ type: 'begun', pairs: begun });
      const netns = free.shift();
      if (netns === undefined) throw new RangeError('there are more lanes than namespaces');
      const container = hexadecimal(random, 64);
      const answer = await call(options, 'ADD', container, netns);
      if (typeof answer === 'string') {
        added++;
        book.take(answer, container);
        await sleep(random() * longestLife);
        book.giveBack(answer, container);
      } else count(failedAdds, answer);
      for (let time = 0; time < deletions.most; time++) {
        const deleted = await call(options, 'DEL', container, netns);
        if (typeof deleted === 'string') break;
        count(failedDels, deleted);
        await sleep(deletions.pauseMs);
      }
      free.push(netns);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  return { begun, added, failedAdds, failedDels, doubles: book.doubles };
}

/** @returns the address of an ADD or an empty text for a DEL; the CNI code of a refusal */
function call(
  { plugin, config }: WorkerOptions,
  command: 'ADD' | 'DEL',
  container: string,
  netns: string,
): Promise<string | number> {
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: container,
    CNI_NETNS: netns,
    CNI_IFNAME: 'eth0',
    CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=soak;K8S_POD_NAME=${container.slice(0, 8)}`,
    CNI_PATH: '/',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(plugin, [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(config);
    child.on('error', reject);
    child.on('close', (status) => {
      const answer = stdout === '' ? {} : JSON.parse(stdout);
      if (status !== 0) resolve(typeof answer.code === 'number' ? answer.code : -1);
      else resolve(command === 'ADD' ? String(answer.ips[0].address) : '');
    });
  });
}

function count(counts: Record<string, number>, code: number): void {
  counts[code] = (counts[code] ?? 0) + 1;
}

function hexadecimal(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}
