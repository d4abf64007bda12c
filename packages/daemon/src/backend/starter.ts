import type { BackendHost, NetworkView } from '@poplin/backend';
import type { Log } from '@poplin/net';
import { BackendAtWork } from './at-work.js';
import type { ConfiguredBackend } from './load.js';
import type { LinkSuffix } from './room.js';

/** The host as every backend of it sees it. */
export type NodeHost = Omit<BackendHost, 'linkSuffix'>;

/** Starts backends and ends them. */
export class BackendStarter {
  readonly #host: NodeHost;
  readonly #view: () => NetworkView;
  readonly #log: Log;
  readonly #changed: () => void;
  /** Names of those that did not start when they were tried last. */
  readonly #failed = new Set<string>();
  readonly #unsubscribes = new Map<BackendAtWork, () => void>();

  /** @param changed - called when a backend would now answer differently. */
  constructor(host: NodeHost, view: () => NetworkView, changed: () => void) {
    this.#host = host;
    this.#view = view;
    this.#log = host.log;
    this.#changed = changed;
  }

  /** @throws what the backend throws. */
  async start(configured: ConfiguredBackend, linkSuffix: LinkSuffix): Promise<BackendAtWork> {
    const name = `${configured.backend.type}${linkSuffix}`;
    // One that is tried again and again is told of once.
    if (!this.#failed.has(name)) this.#log.info({ backend: name }, 'backend starting');
    this.#failed.add(name);
    const view = this.#view();
    const host = { ...this.#host, underlay: view.underlay, linkSuffix };
    const backend = await BackendAtWork.start(configured, host, view);
    this.#failed.delete(name);
    this.#unsubscribes.set(backend, backend.onChange(this.#changed));
    return backend;
  }

  /** Ends what lives of a backend, once. */
  async end(backend: BackendAtWork): Promise<void> {
    const unsubscribe = this.#unsubscribes.get(backend);
    if (!unsubscribe) return;
    this.#unsubscribes.delete(backend);
    unsubscribe();
    await backend.stop();
  }
}
