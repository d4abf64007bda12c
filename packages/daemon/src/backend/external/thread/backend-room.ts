import type { Backend, NetworkView, Peer, RunningBackend } from '@poplin/backend';
import type { Question } from '../protocol.js';
import { backendOf } from './backend-shape.js';

/** What {@link BackendRoom} works with. */
export interface RoomParts {
  /** URL of the module. */
  readonly entry: string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', facts: unknown, text: unknown) => void;
  /** Called when the plans would be others now, once until the next of them is asked for. */
  readonly changed: () => void;
}

/** A backend and what is asked of it, inside its thread. */
export class BackendRoom {
  readonly #parts: RoomParts;
  #backend: Promise<Backend> | undefined;
  #running: RunningBackend | undefined;
  #announced = false;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** The answer to a question. @throws whatever the backend throws, or why it cannot be asked. */
  async answer(question: Question): Promise<unknown> {
    switch (question.call) {
      case 'describe':
        return { type: (await this.#load()).type };
      case 'options':
        return this.#readOptions(question.value);
      case 'start':
        return this.#start(question);
      case 'overhead':
        return pick(this.#started.overhead(question.view));
      case 'planHost':
        this.#announced = false;
        return this.#started.planHost(question.view);
      case 'planPeer':
        this.#announced = false;
        return this.#planPeer(question.peer, question.view);
      case 'peersChanged':
        return this.#peersChanged(question.peers, question.view);
      case 'stop':
        return this.#running?.stop();
    }
  }

  get #started(): RunningBackend {
    if (this.#running) return this.#running;
    throw new Error('the backend has not been started');
  }

  #load(): Promise<Backend> {
    this.#backend ??= import(this.#parts.entry).then(
      (module: object) => backendOf(module),
      (error: unknown) => {
        throw new Error(`it cannot be loaded: ${error instanceof Error ? error.message : error}`);
      },
    );
    return this.#backend;
  }

  async #readOptions(value: unknown): Promise<unknown> {
    const backend = await this.#load();
    const parsed = await backend.options.safeParseAsync(value);
    if (parsed.success) {
      const shared = backend.shared ? backend.shared(parsed.data) : parsed.data;
      return { problems: [], shared: shared ?? null };
    }
    const problems = parsed.error.issues.slice(0, 100).map(({ path, message }) => ({
      path: path.slice(0, 32).map((step) => (typeof step === 'number' ? step : String(step))),
      message: message.slice(0, 2_000),
    }));
    return { problems, shared: null };
  }

  async #start({ host, options }: Question & { call: 'start' }): Promise<unknown> {
    const backend = await this.#load();
    const { log } = this.#parts;
    const running = await backend.start(
      {
        ...host,
        log: {
          debug: (facts, text) => log('debug', facts, text),
          info: (facts, text) => log('info', facts, text),
          warn: (facts, text) => log('warn', facts, text),
          error: (facts, text) => log('error', facts, text),
        },
      },
      await backend.options.parseAsync(options),
    );
    this.#running = running;
    running.onChange?.(() => {
      if (this.#announced) return;
      this.#announced = true;
      this.#parts.changed();
    });
    const overhead = pick(running.overhead({ underlay: host.underlay, pools: [] }));
    return { published: running.published, overhead };
  }

  async #planPeer(peer: Peer, view: NetworkView): Promise<unknown> {
    const data = await (await this.#load()).peerData.safeParseAsync(peer.data);
    if (data.success) return this.#started.planPeer({ ...peer, data: data.data }, view);
    const [issue] = data.error.issues;
    const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
    throw new Error(
      `node ${peer.name} published data that it cannot read: ${where}${issue?.message}`,
    );
  }

  async #peersChanged(peers: readonly Peer[], view: NetworkView): Promise<void> {
    if (!this.#started.peersChanged) return;
    const { peerData } = await this.#load();
    const readable: Peer[] = [];
    for (const peer of peers) {
      const data = await peerData.safeParseAsync(peer.data);
      if (data.success) readable.push({ ...peer, data: data.data });
    }
    this.#started.peersChanged(readable, view);
  }
}

function pick({ ipv4, ipv6 }: { readonly ipv4: number; readonly ipv6: number }) {
  return { ipv4, ipv6 };
}
