import { Attributes } from '../codec/attributes.js';
import type { Message } from '../codec/message.js';
import { decodeError } from '../error.js';
import { NFGENMSG_LENGTH } from '../nfnetlink/header.js';

/** NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN (linux/netfilter/nfnetlink.h, nf_tables.h). */
export const NEWGEN = 0x0a0f;

/** NFTA_GEN_* (linux/netfilter/nf_tables.h). */
const NFTA_GEN = { PROC_PID: 2 } as const;

/**
 * Who made a new generation of the ruleset, which is what every transaction ends with: the number of its thread in the first PID namespace
 * (`task_pid_nr`, nf_tables_fill_gen_info). `undefined` for messages about what was changed, which come before.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeAuthor({ type, body }: Message): number | undefined {
  if (type !== NEWGEN) return undefined;
  if (body.length < NFGENMSG_LENGTH) throw decodeError('generation', `only ${body.length} bytes`);
  const pid = new Attributes('generation', body, NFGENMSG_LENGTH).be32(NFTA_GEN.PROC_PID);
  if (pid === undefined) throw decodeError('generation', 'it does not say who made it');
  return pid;
}
