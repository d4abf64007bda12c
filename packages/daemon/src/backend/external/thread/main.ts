/**
 * The thread that a backend from outside lives in. It loads the package, answers the daemon's questions one after the other, and turns whatever
 * the backend does into JSON of bounded size.
 *
 * @module
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Message, Question, ThreadData } from '../protocol.js';
import { BackendRoom } from './backend-room.js';
import { logLines } from './noise.js';

const { entry, maxAnswer, port } = workerData as ThreadData & { readonly port: MessagePort };

const post = (message: Message): void => port.postMessage(JSON.stringify(message));
const log = logLines(post);

// console.log and whatever else writes to the terminal: into the daemon's log, where it cannot break a line of another's.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: unknown): boolean => {
    for (const line of String(chunk).split('\n')) if (line.trim() !== '') log('info', {}, line);
    return true;
  };
}

const room = new BackendRoom({ entry, log, changed: () => post({ changed: true }) });

// One after the other: if one never ends, the daemon knows which.
let earlier: Promise<void> = Promise.resolve();
port.on('message', (text: string) => {
  earlier = earlier.then(() => answer(text));
});

async function answer(text: string): Promise<void> {
  const { id, ...question } = JSON.parse(text) as Question & { readonly id: number };
  try {
    reply(id, await room.answer(question as Question));
  } catch (error) {
    post({ id, ok: false, error: textOf(error) });
  }
}

function reply(id: number, value: unknown): void {
  // undefined is no JSON; null is what it means.
  const text = JSON.stringify({ id, ok: true, value: value ?? null });
  if (text.length <= maxAnswer) port.postMessage(text);
  else throw new Error(`the answer has ${text.length} characters; ${maxAnswer} are allowed`);
}

/** Whatever somebody throws, as a text. */
function textOf(error: unknown): string {
  try {
    return (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
  } catch {
    return 'something that cannot be told';
  }
}
