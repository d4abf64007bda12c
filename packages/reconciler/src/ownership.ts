/**
 * What in the kernel is Poplin's own. Nothing else is ever changed or deleted; `docs/architecture.md`
 * tells operators the same table.
 *
 * @module
 */

/** Routing protocol number on every route and neighbour of Poplin's (`RTA_PROTOCOL`, `NDA_PROTOCOL`). */
export const poplinProtocol = 112;

/** The one nftables table of Poplin's. What is Poplin's in a table of Docker's says `nftables/foreign/docker-user.ts`. */
export const poplinTable = { family: 'inet', name: 'poplin' } as const;

/** Start of the ifalias of every link of Poplin's. */
export const poplinAliasPrefix = 'poplin:';

/**
 * Tells whether a name is one that the reconciler may give to a link: `poplin0` or whatever the cluster calls its bridge,
 * `poplin.vxlan` and its like. Pod interfaces (`pop` + 11 hex) belong to the attachments.
 */
export function isReservedLinkName(name: string): boolean {
  return name.startsWith('poplin');
}

/** Tells whether a link has Poplin's alias: the reconciler made it, or it is a pod's. */
export function hasOwnAlias({ alias = '' }: { readonly alias?: string }): boolean {
  return alias.startsWith(poplinAliasPrefix);
}

/** Tells whether a link is one that the reconciler made: reserved name and Poplin's alias. */
export function isOwnLink(link: { readonly name: string; readonly alias?: string }): boolean {
  return isReservedLinkName(link.name) && hasOwnAlias(link);
}

/** Tells whether a link is the host's end of a pod's, made by the attachments: `pop`, 11 hex digits, Poplin's alias. */
export function isHostLink(link: { readonly name: string; readonly alias?: string }): boolean {
  return isHostLinkName(link.name) && hasOwnAlias(link);
}

/** Tells whether a name is one that the host's end of a live pod's link may have. */
export function isHostLinkName(name: string): boolean {
  return /^pop[0-9a-f]{11}$/.test(name);
}

/** Tells whether a link was the host's end of a pod's: `popx`, 11 hex digits, Poplin's alias. Its own name is free for others. */
export function isDeadHostLink(link: { readonly name: string; readonly alias?: string }): boolean {
  return /^popx[0-9a-f]{11}$/.test(link.name) && hasOwnAlias(link);
}
