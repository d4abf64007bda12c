import type { Executor } from '../../socket/executor.js';
import { askOne, perform } from '../../socket/perform.js';
import { decodeLink } from './decode.js';
import { linkGet } from './get.js';
import type { LinkData, LinkDataChange } from './kind/info-data.js';
import { linkSet } from './set.js';
import type { LinkChange, LinkSelector } from './types.js';

/**
 * Changes a link, in as many requests as it takes, and asks for what it is now where a change builds on that.
 *
 * @throws {NetlinkError} the kernel's code, or INVALID_ARGUMENT. Of several requests those before have been carried out.
 */
export async function changeLink(
  executor: Executor,
  selector: LinkSelector,
  change: LinkChange,
): Promise<void> {
  const byIndex = 'name' in selector && change.name !== undefined;
  if (!byIndex && !isTunnel(change.data)) {
    for (const step of stepsOf(change)) await perform(executor, linkSet(selector, step));
    return;
  }
  const { ifindex, data } = await askOne(executor, linkGet(selector), decodeLink);
  const whole = change.data ? { ...change, data: completed(change.data, data) } : change;
  const target = byIndex ? { ifindex } : selector;
  for (const step of stepsOf(whole)) await perform(executor, linkSet(target, step));
}

/** A link must be a port before it can have a port's options, so joining a bridge is a step of its own. */
function stepsOf(change: LinkChange): readonly LinkChange[] {
  const { bridgePort, ...rest } = change;
  if (!bridgePort || change.masterIfindex === undefined) return [change];
  return [rest, { bridgePort }];
}

/** Of a tunnel the kernel wants all options at once: those left out fall back to zero (ipip_changelink, ip6_tnl_changelink). */
function isTunnel(data: LinkDataChange | undefined): boolean {
  return data?.kind === 'ipip' || data?.kind === 'ip6tnl';
}

/** A change of a tunnel's options with those that stay. */
function completed(change: LinkDataChange, now: LinkData | undefined): LinkDataChange {
  if (change.kind === 'ipip' && now?.kind === 'ipip') return { ...now, ...change };
  if (change.kind === 'ip6tnl' && now?.kind === 'ip6tnl') return { ...now, ...change };
  return change;
}
