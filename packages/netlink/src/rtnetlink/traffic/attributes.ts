/** Attributes of a qdisc or filter (TCA_*, linux/rtnetlink.h). */
export const TCA = { KIND: 1, OPTIONS: 2, STATS2: 7, CHAIN: 11 } as const;

/** Attributes inside TCA_STATS2 and of an action's statistics (linux/gen_stats.h). */
export const TCA_STATS = { BASIC: 1, QUEUE: 3, PKT64: 8 } as const;
