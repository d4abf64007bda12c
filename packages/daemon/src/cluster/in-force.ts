/**
 * Tells whether a key of the configuration, as a dotted path, comes into force at the next start only. The others of `attach`
 * are asked for at each ADD.
 */
export function needsRestart(path: string): boolean {
  return /^(attach\.(mode|bridge)|ipam)(\.|$)/.test(path);
}
