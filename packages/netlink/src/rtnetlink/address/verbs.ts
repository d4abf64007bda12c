import type { Executor } from '../../socket/executor.js';
import { askAll, perform } from '../../socket/perform.js';
import { addressAdd } from './add.js';
import { decodeAddress } from './decode.js';
import { addressDel } from './del.js';
import { addressList, passesAddressFilter } from './list.js';
import { addressReplace } from './replace.js';
import type { Address, AddressFilter, AddressSelector, AddressSpec } from './types.js';

/** What can be done with addresses. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface AddressVerbs {
  /** Puts an address on a link. Same as `ip address add`. Common codes: EEXIST, ENODEV. */
  add(spec: AddressSpec): Promise<void>;
  /** Puts an address on a link, or changes it there: see {@link addressReplace}. Same as `ip address replace`. Common codes: ENODEV. */
  replace(spec: AddressSpec): Promise<void>;
  /** Takes an address off a link. Same as `ip address delete`. Common codes: EADDRNOTAVAIL, ENODEV. */
  del(selector: AddressSelector): Promise<void>;
  /** Addresses that pass the filter. Same as `ip address show`. Common codes: ENODEV (the filter's link). */
  list(filter?: AddressFilter): Promise<readonly Address[]>;
}

/** The verbs, carried out by an executor. */
export function addressVerbs(executor: Executor): AddressVerbs {
  return {
    add: async (spec) => perform(executor, addressAdd(spec)),
    replace: async (spec) => perform(executor, addressReplace(spec)),
    del: async (selector) => perform(executor, addressDel(selector)),
    async list(filter = {}) {
      const addresses = await askAll(executor, addressList(filter), decodeAddress);
      return addresses.filter((address) => passesAddressFilter(filter, address));
    },
  };
}
