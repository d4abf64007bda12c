import { namesOf } from '../../names.js';
import { type Fields, flag, seconds64, u8, u32, word } from '../fields.js';

/** Whether multicast of all groups goes to a port or to the bridge itself (MDB_RTR_TYPE_*). */
export type MulticastRouter = 'disabled' | 'temporary' | 'query' | 'permanent';

/** MDB_RTR_TYPE_* (linux/if_bridge.h): by configuration never, for a while, by queries heard, always. */
export const multicastRouters = namesOf<MulticastRouter>({
  disabled: 0,
  query: 1,
  permanent: 2,
  temporary: 3,
});

/** What a bridge does with multicast (IFLA_BR_MCAST_*), in IGMP and MLD. Times are in seconds. */
export interface BridgeMulticastOptions {
  /** Send multicast only where somebody listens (IFLA_BR_MCAST_SNOOPING); on by default. */
  readonly multicastSnooping?: boolean;
  /** Ask who listens when no router does (IFLA_BR_MCAST_QUERIER); off by default. */
  readonly multicastQuerier?: boolean;
  /** Ask with the bridge's own address instead of 0.0.0.0 (IFLA_BR_MCAST_QUERY_USE_IFADDR); off by default. */
  readonly multicastQueryUseIfaddr?: boolean;
  /** Whether the bridge itself takes all multicast (IFLA_BR_MCAST_ROUTER); `query` by default. */
  readonly multicastRouter?: MulticastRouter;
  /** Most groups that are kept (IFLA_BR_MCAST_HASH_MAX); 4096 by default. */
  readonly multicastHashMax?: number;
  /** Version of IGMP, 2 or 3 (IFLA_BR_MCAST_IGMP_VERSION). */
  readonly multicastIgmpVersion?: number;
  /** Version of MLD, 1 or 2 (IFLA_BR_MCAST_MLD_VERSION). */
  readonly multicastMldVersion?: number;
  /** Count IGMP and MLD messages (IFLA_BR_MCAST_STATS_ENABLED); off by default. */
  readonly multicastStats?: boolean;
  /** Queries before a group is given up (IFLA_BR_MCAST_LAST_MEMBER_CNT). */
  readonly multicastLastMemberCount?: number;
  /** Time between them (IFLA_BR_MCAST_LAST_MEMBER_INTVL). */
  readonly multicastLastMemberInterval?: number;
  /** Queries at the start (IFLA_BR_MCAST_STARTUP_QUERY_CNT). */
  readonly multicastStartupQueryCount?: number;
  /** Time between them (IFLA_BR_MCAST_STARTUP_QUERY_INTVL). */
  readonly multicastStartupQueryInterval?: number;
  /** Time after which a silent listener is forgotten (IFLA_BR_MCAST_MEMBERSHIP_INTVL). */
  readonly multicastMembershipInterval?: number;
  /** Time after which a silent querier is replaced (IFLA_BR_MCAST_QUERIER_INTVL). */
  readonly multicastQuerierInterval?: number;
  /** Time between queries (IFLA_BR_MCAST_QUERY_INTVL). */
  readonly multicastQueryInterval?: number;
  /** Time within which listeners answer (IFLA_BR_MCAST_QUERY_RESPONSE_INTVL). */
  readonly multicastQueryResponseInterval?: number;
}

/** IFLA_BR_MCAST_* (linux/if_link.h). */
export const bridgeMulticastFields: Fields<BridgeMulticastOptions> = {
  multicastRouter: word(u8(22), multicastRouters),
  multicastSnooping: flag(u8(23)),
  multicastQueryUseIfaddr: flag(u8(24)),
  multicastQuerier: flag(u8(25)),
  multicastHashMax: u32(27),
  multicastLastMemberCount: u32(28),
  multicastStartupQueryCount: u32(29),
  multicastLastMemberInterval: seconds64(30),
  multicastMembershipInterval: seconds64(31),
  multicastQuerierInterval: seconds64(32),
  multicastQueryInterval: seconds64(33),
  multicastQueryResponseInterval: seconds64(34),
  multicastStartupQueryInterval: seconds64(35),
  multicastStats: flag(u8(42)),
  multicastIgmpVersion: u8(43),
  multicastMldVersion: u8(44),
};
