import type { SysctlState } from '@poplin/backend';
import { readSysctl, writeSysctl } from '@poplin/netlink';

/** Keeps the value that a sysctl had before Poplin changed it, so that `cleanup` can put it back. */
export interface SysctlRecord {
  /** Called before the first change of a key. Must have made the record durable when it returns. */
  keepEarlier(key: string, value: string): void;
}

/** Sets a sysctl, and records what it was. Same as `sysctl -w KEY=VALUE`. @throws {NetlinkError} */
export async function setSysctl({ key, value }: SysctlState, record: SysctlRecord): Promise<void> {
  const earlier = readSysctl(key);
  if (earlier === value) return;
  record.keepEarlier(key, earlier);
  await writeSysctl(key, value);
}
