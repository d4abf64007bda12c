import type { ShapingState } from '@poplin/backend';
import { type Netlink, NetlinkError } from '@poplin/netlink';
import type { Change } from '../change.js';
import { ReconcilerError } from '../error.js';
import { type FoundShaping, readShaping } from './found.js';
import { ifbAliasOf, ifbNameOf } from './ifb.js';
import { planRemoval, planShaping, type ShapingStep } from './plan.js';
import { requestOf } from './request.js';

/**
 * Makes the limits of one pod as they should be, or takes them away. Same as
 *
 *     tc qdisc add dev POPxxx root handle 70: tbf rate RATE burst BURST limit LIMIT
 *     ip link add PBWxxx mtu MTU type ifb; ip link set PBWxxx alias poplin:bandwidth:POPxxx up
 *     tc qdisc add dev PBWxxx root handle 70: tbf rate RATE burst BURST limit LIMIT
 *     tc qdisc add dev POPxxx clsact
 *     tc filter add dev POPxxx ingress prio 112 protocol all u32 match u32 0 0 action mirred egress redirect dev PBWxxx
 *
 * @param found - what a look has just read; without it the kernel is asked.
 * @throws {ReconcilerError} as {@link planShaping}, before anything has changed; KERNEL_REFUSED.
 */
export async function applyShaping(
  netlink: Netlink,
  verb: Change['verb'],
  shaping: ShapingState,
  found?: FoundShaping,
): Promise<void> {
  const { link } = shaping;
  const wanted = verb === 'delete' ? undefined : shaping;
  try {
    const there = found ?? (await readShaping(netlink, link, wanted));
    const steps = wanted ? planShaping(wanted, there) : planRemoval(there);
    await carryOut(netlink, link, steps, there, verb === 'delete');
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    const message = `${verb} shaping dev ${link}: ${error.message}`;
    throw new ReconcilerError('KERNEL_REFUSED', message, { retryable: true, cause: error });
  }
}

async function carryOut(
  netlink: Netlink,
  link: string,
  steps: readonly ShapingStep[],
  { host, ifb }: FoundShaping,
  removal: boolean,
): Promise<void> {
  if (steps.length === 0) return;
  const made = steps.find((step) => step.do === 'addIfb');
  const ifindex = {
    host: host?.ifindex,
    ifb: made ? await makeIfb(netlink, link, made.mtu) : ifb?.ifindex,
  };
  const requests = steps.flatMap((step) =>
    step.do === 'addIfb' ? [] : [requestOf(step, { link, ifindex })],
  );
  const answers = await netlink.batch(requests);
  const refusal = answers.find((error) => error && !(removal && isGone(error)));
  if (refusal) throw refusal;
}

/** @returns the index of the new link. */
async function makeIfb(netlink: Netlink, link: string, mtu: number): Promise<number> {
  const name = ifbNameOf(link);
  await netlink.link.add({ kind: 'ifb', name, mtu, alias: ifbAliasOf(link), up: true });
  return (await netlink.link.get({ name })).ifindex;
}

/** What was to go has gone with its link, meanwhile. */
function isGone({ code }: NetlinkError): boolean {
  return code === 'ENODEV' || code === 'ENOENT';
}
