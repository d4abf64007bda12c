import type { ShapingState, TokenBucket } from '@poplin/backend';
import type { Filter, Link, Qdisc, TrafficHandle } from '@poplin/netlink';
import { ReconcilerError } from '../error.js';
import { isHostLink, isHostLinkName } from '../ownership.js';
import { isRetired } from '../retired.js';
import { type BucketSettings, bucketSettings, isBucket } from './bucket.js';
import type { FoundShaping } from './found.js';
import { ifbAliasOf, ifbNameOf, isOwnIfb } from './ifb.js';

/** Handle of every token bucket of Poplin's: 0x70 is 112, its protocol number. */
export const bucketHandle: TrafficHandle = '70:';

/** Priority of every filter of Poplin's. It leaves room before, for those who must see a packet first. */
export const redirectPriority = 112;

/** Where a token bucket is: on the host's end, or on the `ifb` link. */
export type BucketPlace = 'host' | 'ifb';

/** One step towards the limits of a pod. */
export type ShapingStep =
  | { readonly do: 'addIfb'; readonly mtu: number }
  /** Brings it up, gives it its alias and takes it back among the living, besides. */
  | { readonly do: 'setIfb'; readonly mtu: number }
  /** Leaves it to be deleted with others. */
  | { readonly do: 'retireIfb' }
  | {
      readonly do: 'addBucket' | 'changeBucket';
      readonly at: BucketPlace;
      readonly bucket: BucketSettings;
    }
  | { readonly do: 'delBucket'; readonly at: BucketPlace }
  | { readonly do: 'addClsact' }
  | { readonly do: 'delClsact' }
  /** The filter that hands the `ifb` link what comes from the pod. */
  | { readonly do: 'addRedirect' }
  | { readonly do: 'delRedirect' };

/**
 * The steps from what there is to what is wanted, in their order; none when all is right. A bucket that is there is changed
 * in place, so that no packet is lost. No packet is led to an `ifb` link before that has its bucket, and none to one that goes.
 *
 * @throws {ReconcilerError} NOT_ALLOWED for a link that is no pod's, FOREIGN_OBJECT when somebody else's link, qdisc or
 *   filter is in the place of ours, LINK_MISSING when the host's end is not there.
 */
export function planShaping(wanted: ShapingState, found: FoundShaping): ShapingStep[] {
  const { link, toPod, fromPod } = wanted;
  if (!isHostLinkName(link)) {
    throw new ReconcilerError('NOT_ALLOWED', `link ${link} is no pod's, so it gets no limits`);
  }
  const { host } = found;
  if (!host) {
    const message = `the limits of ${link} need that link, which is not there`;
    throw new ReconcilerError('LINK_MISSING', message, { retryable: true });
  }
  if (!isHostLink(host)) throw foreign(link, `a link ${link}`, `ip link delete ${link}`);
  return [
    ...(toPod ? makeBucket('host', link, toPod, host.mtu, found.root) : dropBucket(found.root)),
    ...(fromPod ? makeRedirection(link, fromPod, host, found) : dropRedirection(found)),
  ];
}

/** The steps that take away all that is ours of a pod's limits, and nothing else. */
export function planRemoval(found: FoundShaping): ShapingStep[] {
  const ours = found.host !== undefined && isHostLink(found.host);
  return [...(ours ? dropBucket(found.root) : []), ...dropRedirection(found)];
}

function makeBucket(
  at: BucketPlace,
  link: string,
  wanted: TokenBucket,
  mtu: number,
  root: Qdisc | undefined,
): ShapingStep[] {
  const bucket = bucketSettings(wanted, mtu);
  if (!root) return [{ do: 'addBucket', at, bucket }];
  if (!isOwnBucket(root)) {
    throw foreign(link, `${qdiscText(root)} at the root`, `tc qdisc delete dev ${link} root`);
  }
  const right = root.options?.kind === 'tbf' && isBucket(bucket, root.options);
  return right ? [] : [{ do: 'changeBucket', at, bucket }];
}

function dropBucket(root: Qdisc | undefined): ShapingStep[] {
  return root && isOwnBucket(root) ? [{ do: 'delBucket', at: 'host' }] : [];
}

function makeRedirection(
  link: string,
  wanted: TokenBucket,
  host: Link,
  found: FoundShaping,
): ShapingStep[] {
  const { ingress } = found;
  const ifbSteps = makeIfb(link, wanted, host, found);
  if (ingress?.kind === 'ingress') {
    throw foreign(link, qdiscText(ingress), `tc qdisc delete dev ${link} ingress`);
  }
  if (isRedirected(found)) return ifbSteps;
  // It would be told first of every packet, and might let it pass by the limit.
  const other = found.filters.find(isForeignFilter);
  if (other) {
    const what = `a filter ${other.kind} with priority ${other.priority} on what it receives`;
    throw foreign(link, what, `tc filter delete dev ${link} ingress`);
  }
  return [
    ...ifbSteps,
    ...(ingress ? [] : [{ do: 'addClsact' } as const]),
    ...(found.filters.some(isOwnFilter) ? [{ do: 'delRedirect' } as const] : []),
    { do: 'addRedirect' },
  ];
}

function makeIfb(
  link: string,
  wanted: TokenBucket,
  host: Link,
  { ifb, ifbRoot }: FoundShaping,
): ShapingStep[] {
  const name = ifbNameOf(link);
  if (!ifb) return [{ do: 'addIfb', mtu: host.mtu }, ...bucketOf(undefined)];
  if (!isOwnIfb(ifb, host)) throw foreign(link, `a link ${name}`, `ip link delete ${name}`);
  const right = ifb.up && !isRetired(ifb) && ifb.mtu === host.mtu && ifb.alias === ifbAliasOf(link);
  const steps = bucketOf(ifbRoot);
  return right ? steps : [...steps, { do: 'setIfb', mtu: host.mtu }];

  function bucketOf(root: Qdisc | undefined): ShapingStep[] {
    return makeBucket('ifb', name, wanted, host.mtu, root);
  }
}

function dropRedirection(found: FoundShaping): ShapingStep[] {
  const { host, ifb, filters, egressFilters } = found;
  const steps: ShapingStep[] = [];
  if (host && isHostLink(host) && filters.some(isOwnFilter)) {
    steps.push({ do: 'delRedirect' });
    // Others may have put filters beside ours since.
    if (![...filters, ...egressFilters].some(isForeignFilter)) steps.push({ do: 'delClsact' });
  }
  if (ifb && isOwnIfb(ifb, host) && !isRetired(ifb)) steps.push({ do: 'retireIfb' });
  return steps;
}

function isOwnBucket({ kind, handle }: Qdisc): boolean {
  return kind === 'tbf' && handle === bucketHandle;
}

function isOwnFilter({ kind, priority }: Filter): boolean {
  return kind === 'u32' && priority === redirectPriority;
}

function isForeignFilter(filter: Filter): boolean {
  return !isOwnFilter(filter);
}

/** One filter of ours, which hands every packet to the `ifb` link. The kernel tells the hash tables of u32 as filters as well. */
function isRedirected({ filters, ifb }: FoundShaping): boolean {
  const [own, ...more] = filters.filter((filter) => isOwnFilter(filter) && filter.keys);
  const [action] = own?.actions ?? [];
  return (
    ifb !== undefined &&
    own?.protocol === 'all' &&
    more.length === 0 &&
    own.keys?.every(({ mask }) => mask === 0) === true &&
    action?.kind === 'mirred' &&
    action.to === 'egressRedirect' &&
    action.ifindex === ifb.ifindex
  );
}

function qdiscText({ kind, handle }: Qdisc): string {
  return `a qdisc ${kind} ${handle ?? ''}`.trim();
}

function foreign(link: string, what: string, remedy: string): ReconcilerError {
  return new ReconcilerError(
    'FOREIGN_OBJECT',
    `link ${link} cannot get its limit: ${what} is there that Poplin did not make`,
    { remedy: `If nobody needs it: ${remedy}` },
  );
}
