import { kernelState, type ShapingState } from '@poplin/backend';
import { silentLog } from '@poplin/net';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Reconciler } from '../src/reconciler.js';
import { enterPodHost, type PodHost, type StagePod } from './pod-host.js';
import { ip } from './tools.js';

/** A bucket of 8 Mbit/s. */
export const slow = { rate: 8_000_000, burst: 65_536 };

/** What a test of limits has: a host, a pod of its own, and a reconciler that looks only when it is told or woken. */
export interface Stage {
  readonly host: PodHost;
  readonly pod: StagePod;
  readonly reconciler: Reconciler;
  /** Ends the reconciler as the end of its process does, and starts another. */
  restart(): Promise<void>;
}

/** A state that asks for limits of one pod. */
export function limits({ link }: StagePod, parts: Omit<ShapingState, 'link'>) {
  return kernelState({ shapings: [{ link, ...parts }] });
}

/** Sets the stage for every test of a file. Its fields are those of the test that runs. */
export function stageOfFile(): Stage {
  let host: PodHost;
  let pod: StagePod;
  let reconciler: Reconciler;
  const start = (): void => {
    const sysctls = { keepEarlier() {} };
    reconciler = new Reconciler({ log: silentLog, sysctls, period: 60_000 });
  };
  beforeAll(() => {
    host = enterPodHost();
  });
  afterAll(() => host[Symbol.dispose]());
  beforeEach(() => {
    pod = host.addPod();
    start();
  });
  afterEach(async () => {
    await reconciler[Symbol.asyncDispose]();
    const links = JSON.parse(ip('-j', 'link', 'show')) as { ifname: string }[];
    for (const { ifname } of links) if (ifname !== 'lo') ip('link', 'delete', ifname);
  });
  return {
    get host() {
      return host;
    },
    get pod() {
      return pod;
    },
    get reconciler() {
      return reconciler;
    },
    async restart() {
      await reconciler[Symbol.asyncDispose]();
      start();
    },
  };
}
