import type { SysctlState } from '@poplin/backend';
import { readSysctl, writeSysctl } from '@poplin/netlink';
import { isReservedLinkName } from './ownership.js';

/** Keeps the value that a sysctl had before Poplin changed it, so that `cleanup` can put it back. */
export interface SysctlRecord {
  /** Called before the first change of a key. Must have made the record durable when it returns. */
  keepEarlier(key: string, value: string): void;
}

/** Name of the link that a sysctl is of: it comes and goes with that. Absent for one of the whole host. */
export function linkOfSysctl({ key }: Pick<SysctlState, 'key'>): string | undefined {
  const [, link] = /^net\/ipv[46]\/(?:conf|neigh)\/([^/]+)\//.exec(key) ?? [];
  return link === 'all' || link === 'default' ? undefined : link;
}

/** Sets a sysctl, and records what it was, unless it goes with a link of ours. Same as `sysctl -w KEY=VALUE`. @throws {NetlinkError} */
export async function setSysctl({ key, value }: SysctlState, record: SysctlRecord): Promise<void> {
  const earlier = readSysctl(key);
  if (earlier === value) return;
  const link = linkOfSysctl({ key });
  if (link === undefined || !isReservedLinkName(link)) record.keepEarlier(key, earlier);
  await writeSysctl(key, value);
}
