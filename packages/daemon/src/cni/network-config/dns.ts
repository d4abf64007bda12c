import { tryParseIp } from '@poplin/net';
import { z } from 'zod';
import { configObject, runtimeObject } from './objects.js';
import { listOf, words } from './values.js';

/** How the pod resolves names (CNI spec 1.1.0, "Success", `dns`). An empty list is said, an absent one is not. */
export interface Dns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** An address; that of a link-local server may have a zone, as in resolv.conf(5). */
const nameserver = z
  .string('must be an address')
  .refine((text) => tryParseIp(text.replace(/%[^%\s]+$/, '')) !== undefined, {
    error: ({ input }) => `${JSON.stringify(input)} is not an address`,
  });

/** Schema of the configuration's `dns`; one without any key says nothing. */
export const configDns = configObject({
  nameservers: listOf(nameserver).exactOptional(),
  domain: z.string('must be a text').exactOptional(),
  search: listOf(words).exactOptional(),
  options: listOf(words).exactOptional(),
}).transform(saidOnly);

/** Schema of the capability `dns`. containerd sends null for a list that the pod does not have. */
export const runtimeDns = runtimeObject({
  servers: listOf(words).exactOptional(),
  searches: listOf(words).exactOptional(),
  options: listOf(words).exactOptional(),
})
  .transform(({ servers, searches, options }) => ({
    ...(servers && { nameservers: servers }),
    ...(searches && { search: searches }),
    ...(options && { options }),
  }))
  .transform(saidOnly);

function saidOnly(dns: Dns): Dns | undefined {
  return Object.keys(dns).length === 0 ? undefined : dns;
}
