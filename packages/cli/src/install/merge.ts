import { isDeepStrictEqual } from 'node:util';
import {
  type Conflist,
  capabilities,
  cniVersion,
  cniVersions,
  defaultSocket,
  isPoplin,
  isRecord,
  type PluginEntry,
} from './conflist.js';

/** A value, and what was done to it in words; no words when nothing was. */
export interface Merged<T> {
  readonly value: T;
  readonly changes: readonly string[];
}

/** Versions that every runtime takes as `cniVersion`. */
const oldVersions = cniVersions.slice(0, cniVersions.indexOf(cniVersion) + 1);

/**
 * Brings a list up to date that somebody may have added to: other plugins, keys of their own, capabilities that are
 * switched off, all that stays. Changed is what Poplin cannot do without: a name, a version that it speaks, the
 * socket, the capabilities that are not mentioned. Same list and no changes when it is as it should be.
 */
export function mergeConflist(list: Conflist, socket: string): Merged<Conflist> {
  const named = mergeName(list);
  const versioned = mergeVersions(named.value);
  const changes = [...named.changes, ...versioned.changes];
  const plugins = list.plugins.map((plugin) => {
    if (!isPoplin(plugin)) return plugin;
    const connected = mergeSocket(plugin, socket);
    const able = mergeCapabilities(connected.value);
    changes.push(...connected.changes, ...able.changes);
    return able.value;
  });
  return changes.length === 0
    ? unchanged(list)
    : { value: { ...versioned.value, plugins }, changes };
}

function mergeName(list: Conflist): Merged<Conflist> {
  if (typeof list.name === 'string' && list.name !== '') return unchanged(list);
  return { value: { ...list, name: 'poplin' }, changes: ['name poplin added'] };
}

/**
 * A list with other plugins keeps its versions as long as Poplin speaks one of them: a runtime takes the highest, and
 * which ones the others speak only their operator knows.
 */
function mergeVersions(list: Conflist): Merged<Conflist> {
  const has = Array.isArray(list.cniVersions) ? list.cniVersions.map(String) : [];
  const chained = list.plugins.length > 1;
  if (chained && [list.cniVersion, ...has].some((one) => cniVersions.includes(String(one)))) {
    return unchanged(list);
  }
  const changes: string[] = [];
  const wanted: Record<string, unknown> = {};
  if (!oldVersions.includes(String(list.cniVersion))) {
    wanted.cniVersion = cniVersion;
    changes.push(`cniVersion is now ${cniVersion}`);
  }
  if (!chained && !isDeepStrictEqual([...has].sort(), cniVersions)) {
    wanted.cniVersions = cniVersions;
    changes.push(`cniVersions are now ${cniVersions.join(', ')}`);
  }
  return changes.length === 0 ? unchanged(list) : { value: { ...list, ...wanted }, changes };
}

function mergeSocket(plugin: PluginEntry, socket: string): Merged<PluginEntry> {
  const before = plugin.socket ?? defaultSocket;
  if (before === socket) return unchanged(plugin);
  const { socket: _, ...others } = plugin;
  const value = socket === defaultSocket ? others : { ...plugin, socket };
  return { value, changes: [`socket ${String(before)} is now ${socket}`] };
}

function mergeCapabilities(plugin: PluginEntry): Merged<PluginEntry> {
  const has = isRecord(plugin.capabilities) ? plugin.capabilities : {};
  const missing = capabilities.filter((name) => !Object.hasOwn(has, name));
  if (missing.length === 0) return unchanged(plugin);
  const added = Object.fromEntries(missing.map((name) => [name, true]));
  const value = { ...plugin, capabilities: { ...has, ...added } };
  return { value, changes: [`capabilities ${missing.join(', ')} added`] };
}

function unchanged<T>(value: T): Merged<T> {
  return { value, changes: [] };
}
