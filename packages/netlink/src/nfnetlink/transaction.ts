import { encodeRequest } from '../rtnetlink/encode-request.js';
import type { NetlinkRequest, NetlinkTransaction } from '../socket/request.js';
import { nfnetlinkHeader } from './header.js';

/** NFNL_MSG_BATCH_* (linux/netfilter/nfnetlink.h). */
const BATCH = { BEGIN: 0x10, END: 0x11 } as const;

/**
 * Makes the function that makes a transaction of requests to one part of netfilter. Without the number of a generation (NFNL_BATCH_GENID): it holds
 * whatever somebody else has changed meanwhile.
 *
 * @param subsystem - NFNL_SUBSYS_*.
 */
export function nfnetlinkTransactions(
  subsystem: number,
): (operation: string, requests: readonly NetlinkRequest[]) => NetlinkTransaction {
  const header = nfnetlinkHeader(0, { resource: subsystem });
  const message = (type: number): NetlinkRequest =>
    encodeRequest({ type, flags: 0, operation: 'enclose a transaction' }, header);
  const [begin, end] = [message(BATCH.BEGIN), message(BATCH.END)];
  return (operation, requests) => ({ begin, requests, end, operation });
}
