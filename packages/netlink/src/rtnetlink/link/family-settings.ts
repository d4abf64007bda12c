import type { AttributeWriter } from '../../codec/attribute-writer.js';
import type { Attributes } from '../../codec/attributes.js';
import { familyNumber } from '../family.js';
import { namesOf } from '../names.js';
import { IFLA } from './attributes.js';
import { u8, word } from './fields.js';
import { type Ipv4Config, readIpv4Config, writeIpv4Config } from './ipv4-config.js';

/** How the lower half of an automatic IPv6 address is made (IN6_ADDR_GEN_MODE_*, linux/if_link.h). */
export type AddrGenMode = 'eui64' | 'none' | 'stable_secret' | 'random';

/** What the address families keep about a link (IFLA_AF_SPEC). */
export interface FamilySettings {
  /** IPv4 configuration of the link. Absent where a link is too small for IPv4 (an MTU below 68). */
  readonly ipv4Config?: Ipv4Config;
  /** Automatic IPv6 addresses (IFLA_INET6_ADDR_GEN_MODE); `ip link set NAME addrgenmode …`. */
  readonly addrGenMode?: AddrGenMode;
}

const AF_INET = familyNumber('ipv4');
const AF_INET6 = familyNumber('ipv6');
const IFLA_INET_CONF = 1;
const IFLA_INET6_ADDR_GEN_MODE = 8;

const addrGenMode = word(
  u8(IFLA_INET6_ADDR_GEN_MODE),
  namesOf<AddrGenMode>({ eui64: 0, none: 1, stable_secret: 2, random: 3 }),
);

/** Writes IFLA_AF_SPEC when there is something for it. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeFamilySettings(
  operation: string,
  attributes: AttributeWriter,
  { ipv4Config, addrGenMode: mode }: FamilySettings,
): void {
  if (!ipv4Config && mode === undefined) return;
  attributes.nested(IFLA.AF_SPEC, (families) => {
    if (ipv4Config) {
      families.nested(AF_INET, (inet) =>
        inet.nested(IFLA_INET_CONF, (conf) => writeIpv4Config(operation, conf, ipv4Config)),
      );
    }
    if (mode !== undefined) {
      families.nested(AF_INET6, (inet6) =>
        addrGenMode.write(inet6, mode, { operation, name: 'addrGenMode' }),
      );
    }
  });
}

/** Reads IFLA_AF_SPEC. @throws {NetlinkError} DECODE. */
export function readFamilySettings(attributes: Attributes): FamilySettings {
  const families = attributes.nested(IFLA.AF_SPEC);
  const conf = families?.nested(AF_INET)?.bytes(IFLA_INET_CONF);
  const inet6 = families?.nested(AF_INET6);
  const mode = inet6 && addrGenMode.read(inet6);
  return {
    ...(conf ? { ipv4Config: readIpv4Config(conf) } : {}),
    ...(mode === undefined ? {} : { addrGenMode: mode }),
  };
}
