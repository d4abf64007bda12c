import {
  filterAdd,
  filterDel,
  linkSet,
  type NetlinkRequest,
  qdiscAdd,
  qdiscChange,
  qdiscDel,
} from '@poplin/netlink';
import { retiredGroup } from '../retired.js';
import { ifbAliasOf, ifbNameOf } from './ifb.js';
import { type BucketPlace, bucketHandle, redirectPriority, type ShapingStep } from './plan.js';

/** The links of one pod's limits. */
export interface ShapingLinks {
  /** Name of the host's end. */
  readonly link: string;
  /** Index of each; absent where a link is not there. */
  readonly ifindex: Readonly<Record<BucketPlace, number | undefined>>;
}

/**
 * The netlink request that makes a step. Making the `ifb` link takes several and is not among them.
 *
 * @throws {TypeError} when the step is about a link that is not there: the plan is wrong.
 */
export function requestOf(
  step: Exclude<ShapingStep, { readonly do: 'addIfb' }>,
  { link, ifindex }: ShapingLinks,
): NetlinkRequest {
  const name = ifbNameOf(link);
  const at = (place: BucketPlace): number => {
    const index = ifindex[place];
    if (index === undefined) throw new TypeError(`${step.do}: there is no ${place} link`);
    return index;
  };
  const redirection = () =>
    ({
      ifindex: at('host'),
      parent: 'ingress',
      kind: 'u32',
      protocol: 'all',
      priority: redirectPriority,
    }) as const;
  switch (step.do) {
    case 'setIfb':
      return linkSet({ name }, { mtu: step.mtu, alias: ifbAliasOf(link), group: 0, up: true });
    case 'retireIfb':
      // The alias, once more, for one that its maker left without.
      return linkSet({ name }, { group: retiredGroup, alias: ifbAliasOf(link) });
    case 'addBucket':
    case 'changeBucket': {
      const encode = step.do === 'addBucket' ? qdiscAdd : qdiscChange;
      return encode({ ifindex: at(step.at), kind: 'tbf', handle: bucketHandle, ...step.bucket });
    }
    case 'delBucket':
      return qdiscDel({ ifindex: at(step.at), handle: bucketHandle });
    case 'addClsact':
      return qdiscAdd({ ifindex: at('host'), kind: 'clsact' });
    case 'delClsact':
      return qdiscDel({ ifindex: at('host'), kind: 'clsact' });
    case 'addRedirect': {
      const action = { kind: 'mirred', to: 'egressRedirect', ifindex: at('ifb') } as const;
      return filterAdd({ actions: [action], ...redirection() });
    }
    case 'delRedirect':
      return filterDel(redirection());
  }
}
