import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { type CniServiceServer, DelRequest } from '@poplin/api';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  addEnv,
  build,
  makeScene,
  netConf,
  type Scene,
  type ShimEnd,
  type ShimRun,
  startShim,
} from './run-shim.js';
import { type StandIn, serveGrpc } from './stand-in.js';

/** What the tests of a file act on: a built shim, a scene, and a stand-in of the daemon that each test sets up. */
export class Stage {
  #scene: Scene | undefined;
  #sockets = 0;
  /** The socket that runs of the shim are told to use. */
  socket = '';
  /** Stopped after the test. */
  standIn: StandIn | undefined;

  /** Registers the hooks that build and clear the stage. */
  constructor() {
    beforeAll(() => {
      build('all');
      this.#scene = makeScene();
    });
    afterEach(async () => {
      await this.standIn?.stop();
      this.standIn = undefined;
    });
    afterAll(() => this.#scene?.dispose());
  }

  get scene(): Scene {
    if (!this.#scene) throw new Error('the stage is built in beforeAll');
    return this.#scene;
  }

  /** A socket path in a directory of its own; it is the one in use from now on. */
  freshSocket(): string {
    this.socket = join(this.scene.dir, `${this.#sockets++}`, 'poplin.sock');
    mkdirSync(this.runDir);
    return this.socket;
  }

  /** The directory of the socket, where daemon and shim leave each other files. */
  get runDir(): string {
    return dirname(this.socket);
  }

  /** Names of the tombstones beside the socket, and of anything else in their place. */
  tombstoneNames(): string[] {
    return readdirSync(join(this.runDir, 'del')).sort();
  }

  /** What the tombstones beside the socket hold, in the order of their names. */
  tombstones(): DelRequest[] {
    return this.tombstoneNames().map((name) =>
      DelRequest.decode(readFileSync(join(this.runDir, 'del', name))),
    );
  }

  /** Serves the CNI service by these handlers; a call without a handler is refused. */
  async serve(
    handlers: Partial<Pick<CniServiceServer, Method>> = {},
    socket = this.freshSocket(),
  ): Promise<void> {
    this.standIn = await serveGrpc(socket, {
      add: unexpected('ADD'),
      del: unexpected('DEL'),
      check: unexpected('CHECK'),
      status: unexpected('STATUS'),
      gc: unexpected('GC'),
      ...handlers,
    });
  }

  /** Starts a valid ADD with these changes of its environment and its network configuration. */
  start(
    env: Readonly<Record<string, string>> = {},
    config: Readonly<Record<string, unknown>> = {},
  ): ShimRun {
    return startShim({ ...addEnv(this.scene), ...env }, netConf(this.socket, config));
  }

  /** The same, to its end. */
  run(
    env?: Readonly<Record<string, string>>,
    config?: Readonly<Record<string, unknown>>,
  ): Promise<ShimEnd> {
    return this.start(env, config).end;
  }
}

type Method = 'add' | 'del' | 'check' | 'status' | 'gc';

const unexpected =
  (command: string) =>
  (_call: unknown, done: (error: { code: status; details: string }) => void): void =>
    done({ code: status.INTERNAL, details: `${command} was not expected` });

/** Changes the ADD of {@link Stage.run} into a DEL. */
export const delEnv = { CNI_COMMAND: 'DEL' };

/** Changes the ADD of {@link Stage.run} into a CHECK. */
export const checkEnv = { CNI_COMMAND: 'CHECK' };

/** Changes the ADD of {@link Stage.run} into a STATUS or a GC, as libcni asks for them: what names an attachment is empty. */
export const nodeEnv = (command: 'STATUS' | 'GC') => ({
  CNI_COMMAND: command,
  CNI_CONTAINERID: '',
  CNI_NETNS: '',
  CNI_IFNAME: '',
  CNI_ARGS: '',
});
