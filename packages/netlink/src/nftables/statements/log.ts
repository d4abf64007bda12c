/** How urgent a line is, as syslog(3) has it. */
export type NftLogLevel =
  | 'emerg'
  | 'alert'
  | 'crit'
  | 'err'
  | 'warn'
  | 'notice'
  | 'info'
  | 'debug'
  | 'audit';

/** What goes into a line, and where to. */
export interface NftLogOptions {
  readonly prefix?: string;
  /** `warn` by default. Not together with a group. */
  readonly level?: NftLogLevel;
  /** Number of a group of nfnetlink_log, which gets the packet instead of the kernel's log. */
  readonly group?: number;
  /** Bytes of the packet that a group gets. */
  readonly snaplen?: number;
  /** Packets that are collected for a group before it gets them. */
  readonly 'queue-threshold'?: number;
}

/** A statement that logs, in JSON. */
export interface NftLog {
  readonly log: (NftLogOptions & { readonly flags?: string | readonly string[] }) | null;
}

/**
 * Writes a line to the log of the kernel, or hands the packet to a listener in user space. A text alone is the prefix. Same as
 * `log prefix TEXT`, `log group 1`.
 */
export function log(what: string | NftLogOptions = {}): NftLog {
  if (typeof what === 'string') return { log: { prefix: what } };
  return { log: Object.keys(what).length === 0 ? null : what };
}
