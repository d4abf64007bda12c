/** Tells whether a key of the configuration, as a dotted path, comes into force at the next start only. */
export function needsRestart(path: string): boolean {
  return /^(backend|attach\.mode|ipam)(\.|$)/.test(path);
}
