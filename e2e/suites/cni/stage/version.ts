/** The versions of CNI that Poplin speaks, oldest first. */
export const cniVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** One of {@link cniVersions}. */
export type CniVersion = (typeof cniVersions)[number];

/** Versions with CHECK, and with `prevResult` on DEL (CNI spec 0.4.0). */
export const withCheck = ['0.4.0', '1.0.0', '1.1.0'] as const satisfies readonly CniVersion[];

/** Versions with GC and STATUS (CNI spec 1.1.0). */
export const withGc = ['1.1.0'] as const satisfies readonly CniVersion[];

/** For what no version changes: the newest one is enough. */
export const newest = ['1.1.0'] as const satisfies readonly CniVersion[];
