/** Flags of a statement as libnftables lists them: one alone without a list, none not at all. */
export function flagsData<F extends string>(
  flags: readonly F[],
): { readonly flags?: F | readonly F[] } {
  const [only] = flags;
  if (only === undefined) return {};
  return { flags: flags.length === 1 ? only : flags };
}
