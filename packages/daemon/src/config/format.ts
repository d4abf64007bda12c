import type { ClusterConfig } from './cluster.js';

/**
 * The configuration as JSON, every default spelled out, keys in alphabetical order: two configurations are
 * the same exactly when their texts are. {@link parseClusterConfig} reads it back.
 */
export function formatClusterConfig(config: ClusterConfig): string {
  return JSON.stringify(config, sortedKeys, 2);
}

/** Replacer for `JSON.stringify`. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
