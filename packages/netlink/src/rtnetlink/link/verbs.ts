import type { Executor } from '../../socket/executor.js';
import { askAll, askOne, perform } from '../../socket/perform.js';
import type { RunOptions } from '../../thread/shared-thread.js';
import { linkAddAltNames, linkDelAltNames } from './alt-names.js';
import { changeLink } from './change.js';
import { createLink } from './create.js';
import { decodeLink, decodeLinkOfGroup } from './decode.js';
import { linkDel } from './del.js';
import { linkGet } from './get.js';
import { linkDelGroup, linkSetGroup } from './group.js';
import { linkList, passesLinkFilter } from './list.js';
import type {
  Link,
  LinkChange,
  LinkFilter,
  LinkGroupChange,
  LinkPlace,
  LinkSelector,
  LinkSpec,
} from './types.js';

/** What can be done with links. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface LinkVerbs {
  /**
   * Makes a link. Same as `ip link add`, and `ip link set` for what no link can be born with (`LaterSettings`). When that
   * fails the link is deleted again.
   *
   * Common codes: EEXIST (the name is taken), EOPNOTSUPP (the kernel has no such kind), INVALID_ARGUMENT.
   */
  add(spec: LinkSpec): Promise<void>;
  /** Changes a link. Same as `ip link set`. Common codes: ENODEV, EBUSY, EOPNOTSUPP, INVALID_ARGUMENT. */
  set(selector: LinkSelector, change: LinkChange): Promise<void>;
  /** Deletes a link, of a veth both ends. Same as `ip link delete`. Common codes: ENODEV. */
  del(selector: LinkSelector, place?: LinkPlace): Promise<void>;
  /** One link. Same as `ip link show NAME`. Common codes: ENODEV. */
  get(selector: LinkSelector, how?: LinkPlace & RunOptions): Promise<Link>;
  /** Links of the namespace that pass the filter, all when it is empty. Same as `ip link show`. */
  list(filter?: LinkFilter): Promise<readonly Link[]>;
  /** Changes all links of a group. Same as `ip link set group GROUP`. It is no error when there is none. */
  setGroup(group: number, change: LinkGroupChange): Promise<void>;
  /**
   * Deletes all links of a group, of veths both ends; much quicker than one after the other. Same as
   * `ip link delete group GROUP`. Common codes: ENODEV (there is none), EOPNOTSUPP, INVALID_ARGUMENT (group 0).
   */
  delGroup(group: number): Promise<void>;
  /** Gives a link more names. Same as `ip link property add dev NAME altname …`. Common codes: EEXIST, ENODEV. */
  addAltNames(selector: LinkSelector, names: readonly string[]): Promise<void>;
  /** Takes such names away. Same as `ip link property del dev NAME altname …`. Common codes: ENOENT, ENODEV. */
  delAltNames(selector: LinkSelector, names: readonly string[]): Promise<void>;
}

/** The verbs, carried out by an executor. */
export function linkVerbs(executor: Executor): LinkVerbs {
  return {
    add: (spec) => createLink(executor, spec),
    set: (selector, change) => changeLink(executor, selector, change),
    del: async (selector, place) => perform(executor, linkDel(selector, place)),
    get: async (selector, how) => askOne(executor, linkGet(selector, how), decodeLink, how),
    async list(filter = {}) {
      const { group } = filter;
      const decode =
        group === undefined ? decodeLink : (body: Uint8Array) => decodeLinkOfGroup(body, group);
      const links = await askAll(executor, linkList(filter), decode);
      return links.filter((link) => passesLinkFilter(filter, link));
    },
    setGroup: async (group, change) => perform(executor, linkSetGroup(group, change)),
    delGroup: async (group) => perform(executor, linkDelGroup(group)),
    addAltNames: async (selector, names) => perform(executor, linkAddAltNames(selector, names)),
    delAltNames: async (selector, names) => perform(executor, linkDelAltNames(selector, names)),
  };
}
