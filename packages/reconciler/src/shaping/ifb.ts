import type { Link } from '@poplin/netlink';
import { isHostLink, isHostLinkName, poplinAliasPrefix } from '../ownership.js';

/**
 * Name of the `ifb` link through which what comes from a pod is led: `pbw` and what follows `pop` in the name of the
 * host's end. It follows from the pod's link alone, so a limit is found without any record.
 */
export function ifbNameOf(hostLink: string): string {
  return `pbw${hostLink.slice('pop'.length)}`;
}

/** Name of the host's end that an `ifb` link of this name belongs to; `undefined` for any other name. */
export function hostLinkOf(ifbName: string): string | undefined {
  const hostLink = `pop${ifbName.slice('pbw'.length)}`;
  return ifbName.startsWith('pbw') && isHostLinkName(hostLink) ? hostLink : undefined;
}

/** ifalias of that link: proves that Poplin made it, and tells a person what for. */
export function ifbAliasOf(hostLink: string): string {
  return `${poplinAliasPrefix}bandwidth:${hostLink}`;
}

/**
 * Tells whether an `ifb` link is one that Poplin made: by its alias. No link can be born with one, so one of our name
 * without any is ours as well, beside a host's end of ours: its maker was killed between the two steps.
 *
 * @param host - the host's end that it belongs to by its name, if there is one.
 */
export function isOwnIfb(link: Link, host: Link | undefined): boolean {
  const hostLink = hostLinkOf(link.name);
  if (hostLink === undefined || link.kind !== 'ifb') return false;
  if (link.alias === undefined) return host !== undefined && isHostLink(host);
  return link.alias === ifbAliasOf(hostLink);
}
