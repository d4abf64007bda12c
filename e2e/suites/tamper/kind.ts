import type { AttachMode, Host, Pod } from '../../lab/index.js';

/** Ways of tampering with an object. */
export const tamperings = ['delete', 'alter', 'replace', 'flush'] as const;

/** One of them; `replace`: by an object of somebody else's. */
export type Tampering = (typeof tamperings)[number];

/** What kind of cluster it is. */
export interface Setting {
  readonly backend: string;
  readonly attach: AttachMode;
}

/** Where the tampering takes place: a node with a pod, and a peer with another. */
export interface Scene extends Setting {
  readonly host: Host;
  readonly pod: Pod;
  readonly far: Pod;
  /** The host's end of the pod. */
  readonly podLink: string;
  /** Blocks of the node and of the peer. */
  readonly ownBlock: string;
  readonly peerBlock: string;
  /** Address of the peer on the underlay. */
  readonly peer: string;
  /**
   * Runs a command line on the node; words are parted by spaces, none is quoted. `batch A; B` runs the lines A and B of `ip` in
   * one process.
   */
  readonly run: (command: string) => Promise<string>;
}

/** Command lines for a scene. */
export type Commands = (scene: Scene) => readonly string[] | Promise<readonly string[]>;

/** What somebody does to an object, and what comes of it. */
export interface Tamper {
  readonly does: Commands;
  /**
   * Takes the stranger's object away again. It stands in the place of ours until then, is left alone, and the status names it; the time to
   * repair begins when it is gone.
   */
  readonly withdraw?: Commands;
  /** The stranger's own things go, too: he took everything away himself. */
  readonly takesAll?: true;
}

/** What stands in the table of times: a tampering, or why there is none. */
export type Cell = Tamper | string;

/** A kind of object of ours. */
export interface Kind {
  readonly name: string;
  /** Command lines that show all objects of this kind. Their output is the same again when everything is repaired. */
  readonly shows: Commands;
  readonly cells: Readonly<Record<Tampering, Cell>>;
}
