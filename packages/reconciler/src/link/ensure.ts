import type { LinkState } from '@poplin/backend';
import { type Link, type LinkChange, type Netlink, NetlinkError } from '@poplin/netlink';
import { ReconcilerError } from '../error.js';
import { hasOwnAlias, isReservedLinkName, poplinAliasPrefix } from '../ownership.js';
import { formOf, isLinkRight, type LinkForm, underlayOf } from './form.js';
import { findLink, type KnownLink } from './known.js';

/** A link as it should be. */
export interface EnsuredLink {
  readonly link: Link;
  /** What it carries no more: all, when it was made just now; neighbours, when it got another MAC (neigh_changeaddr). */
  readonly lost: 'all' | 'neighbours' | 'nothing';
}

/** What {@link ensureLink} needs. */
export interface EnsureContext {
  readonly netlink: Netlink;
  /** Told of the index of a link that is about to be deleted, to be made anew. */
  readonly expectGone: (ifindex: number) => void;
}

/**
 * Makes a link as it should be, or changes the one that is there, in place where the kernel can do that, and brings it up.
 *
 * @param links - the links there are, by name.
 * @throws {ReconcilerError} NOT_ALLOWED for a name that is not Poplin's to give, FOREIGN_OBJECT when a link of that name is
 *   somebody else's, LINK_MISSING when the link below it or the TUN device itself is not there, KERNEL_LACKS when the kernel has no
 *   such kind of link, KERNEL_REFUSED when somebody else has the UDP port of a tunnel.
 * @throws {NetlinkError} when the kernel refuses.
 */
export async function ensureLink(
  context: EnsureContext,
  state: LinkState,
  links: ReadonlyMap<string, KnownLink>,
): Promise<EnsuredLink> {
  const { netlink } = context;
  const { name } = state;
  if (!isReservedLinkName(name)) {
    throw new ReconcilerError('NOT_ALLOWED', `link ${name} has no name that is Poplin's to give`);
  }
  const below = underlayOf(state);
  const underlay = below === undefined ? undefined : links.get(below)?.ifindex;
  if (below !== undefined && underlay === undefined) throw missing(name, below);
  const form = formOf(state, underlay);
  const there = await findLink(netlink, name);
  if (there) await claim(netlink, there, { state, underlay });
  const isChanged = await bringAbout(context, there, form, state).catch((error: unknown) => {
    throw portTaken(state, error) ?? error;
  });
  const link = await netlink.link.get({ name });
  const lost = !isChanged ? 'all' : link.mac !== there?.mac ? 'neighbours' : 'nothing';
  return { link, lost };
}

/** @returns true when the link that was there could be changed in place. */
async function bringAbout(
  context: EnsureContext,
  there: Link | undefined,
  form: LinkForm,
  state: LinkState,
): Promise<boolean> {
  if (there && (await changeInPlace(context.netlink, there, form))) return true;
  await makeAnew(context, there, form, state);
  return false;
}

/** Sees to it that a link is ours, or can be. */
async function claim(
  netlink: Netlink,
  there: Link,
  { state, underlay }: { readonly state: LinkState; readonly underlay: number | undefined },
): Promise<void> {
  if (hasOwnAlias(there)) return;
  const { name, kind } = state;
  // A TUN device comes without an alias. So does a link whose maker was killed before it had given it one.
  const isUnfinished = !there.up && isLinkRight(state, { ...there, up: true }, underlay);
  const mayClaim = there.alias === undefined && (kind === 'tun' ? isTun(there) : isUnfinished);
  if (!mayClaim) {
    throw new ReconcilerError(
      'FOREIGN_OBJECT',
      `a link ${name} is there that Poplin did not make`,
      { remedy: `If nobody needs it: ip link delete ${name}` },
    );
  }
  await netlink.link.set({ ifindex: there.ifindex }, { alias: aliasOf(kind) });
}

const isTun = (link: Link): boolean => link.kind === 'tun';

/** Changes a link in place. @returns whether the kernel could. */
async function changeInPlace(netlink: Netlink, there: Link, form: LinkForm): Promise<boolean> {
  const changes = form.changes(there);
  if (!changes) return false;
  for (const change of [...changes, ...(there.up ? [] : [{ up: true }])]) {
    try {
      await netlink.link.set({ ifindex: there.ifindex }, change);
    } catch (error) {
      if (isOptionRefused(change, error)) return false;
      throw error;
    }
  }
  return true;
}

/** Older kernels can change fewer options. What they refuse otherwise, such as an MTU, they refuse for a new link as well. */
function isOptionRefused({ data }: LinkChange, error: unknown): boolean {
  return data !== undefined && error instanceof NetlinkError && error.code === 'EOPNOTSUPP';
}

async function makeAnew(
  { netlink, expectGone }: EnsureContext,
  there: Link | undefined,
  { spec, module }: LinkForm,
  { name, kind }: LinkState,
): Promise<void> {
  if (!spec) throw missing(name, name);
  if (there) {
    expectGone(there.ifindex);
    await netlink.link.del({ ifindex: there.ifindex });
  }
  try {
    await netlink.link.add({ ...spec, alias: aliasOf(kind) });
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'EOPNOTSUPP') {
      throw lacking(name, kind, module, error);
    }
    throw error;
  }
  if (kind !== 'bridge') await keepAddressless(netlink, name);
  await netlink.link.set({ name }, { up: true });
}

/** A tunnel needs no link-local address: next hops there are of others. Before it is up, or it would have got one. */
async function keepAddressless(netlink: Netlink, name: string): Promise<void> {
  try {
    await netlink.link.set({ name }, { addrGenMode: 'none' });
  } catch (error) {
    // A kernel without IPv6 gives it none anyway.
    if (!(error instanceof NetlinkError) || error.code !== 'EAFNOSUPPORT') throw error;
  }
}

function aliasOf(kind: LinkState['kind']): string {
  return `${poplinAliasPrefix}${kind}`;
}

function missing(name: string, needed: string): ReconcilerError {
  const what =
    name === needed
      ? `link ${name} is not there: the process that makes it has not opened it`
      : `link ${name} needs ${needed}, which is not there`;
  return new ReconcilerError('LINK_MISSING', what, { retryable: true });
}

function lacking(name: string, kind: string, module: string, cause: Error): ReconcilerError {
  return new ReconcilerError(
    'KERNEL_LACKS',
    `link ${name}: this kernel has no links of kind ${kind}, the module ${module} is missing`,
    {
      remedy: `On the host: modprobe ${module}. If there is no such module: Debian has it in linux-image-amd64 (the smaller linux-image-cloud-amd64 may not), Ubuntu in linux-modules-extra-$(uname -r)`,
      retryable: true,
      cause,
    },
  );
}

/** The kernel opens the port of a VXLAN link when that comes up (`vxlan_open`, drivers/net/vxlan/vxlan_core.c). */
function portTaken(state: LinkState, cause: unknown): ReconcilerError | undefined {
  if (state.kind !== 'vxlan') return undefined;
  if (!(cause instanceof NetlinkError) || cause.code !== 'EADDRINUSE') return undefined;
  const { name, port } = state;
  return new ReconcilerError('KERNEL_REFUSED', `link ${name}: UDP port ${port} is taken`, {
    remedy: `End what has it (ss -Hlunp sport = :${port} names the process; ip -d link show type vxlan the links of others), or give the cluster another port (backend.options.port)`,
    retryable: true,
    cause,
  });
}
