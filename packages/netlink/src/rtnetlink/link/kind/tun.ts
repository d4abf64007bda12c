import type { Attributes } from '../../../codec/attributes.js';
import { namesOf } from '../../names.js';
import { flag, type Readers, readFields, u8, u32, word } from '../fields.js';

/**
 * A link whose other end is a file descriptor, as the kernel tells it (IFLA_TUN_*). To be read only: the kernel
 * refuses to make one over rtnetlink, that takes `/dev/net/tun`.
 */
export interface TunData {
  readonly kind: 'tun';
  /** Whether it carries packets or frames (IFLA_TUN_TYPE). */
  readonly type?: 'tun' | 'tap';
  /** User who may open it (IFLA_TUN_OWNER); absent for anyone with CAP_NET_ADMIN only. */
  readonly owner?: number;
  /** Group whose members may open it (IFLA_TUN_GROUP). */
  readonly group?: number;
  /** Four bytes of flags and protocol come before each packet (IFLA_TUN_PI). */
  readonly packetInfo?: boolean;
  /** A `struct virtio_net_hdr` comes before each packet (IFLA_TUN_VNET_HDR). */
  readonly vnetHeader?: boolean;
  /** Stays when nobody has it open (IFLA_TUN_PERSIST). */
  readonly persist?: boolean;
  /** May be opened several times, for a queue each (IFLA_TUN_MULTI_QUEUE). */
  readonly multiQueue?: boolean;
  /** Queues in use (IFLA_TUN_NUM_QUEUES); with `multiQueue` only. */
  readonly queues?: number;
  /** Queues that were taken out of use (IFLA_TUN_NUM_DISABLED_QUEUES). */
  readonly disabledQueues?: number;
}

/** IFF_TUN, IFF_TAP (linux/if_tun.h). */
const types = namesOf({ tun: 1, tap: 2 });

/** IFLA_TUN_* (linux/if_link.h). */
const readers: Readers<Omit<TunData, 'kind'>> = {
  owner: u32(1),
  group: u32(2),
  type: word(u8(3), types),
  packetInfo: flag(u8(4)),
  vnetHeader: flag(u8(5)),
  persist: flag(u8(6)),
  multiQueue: flag(u8(7)),
  queues: u32(8),
  disabledQueues: u32(9),
};

/** Reads IFLA_INFO_DATA of a tun or tap device. @throws {NetlinkError} DECODE. */
export function readTun(data: Attributes): TunData {
  return { kind: 'tun', ...readFields(data, readers) };
}
