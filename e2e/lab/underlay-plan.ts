import { LabError } from './error.js';

/** A family of addresses. */
export type Family = 'ipv4' | 'ipv6';

/** Families of an underlay, or of pods: one, or both. */
export type Families = Family | 'dual';

/** How the network between the hosts of a lab looks. */
export interface UnderlayOptions {
  /** Families of its addresses; ipv4 by default. */
  readonly family?: Families;
  /**
   * Into how many subnets the hosts are divided, in their order; 1 by default. A router joins them, which drops packets whose source
   * is not of the subnet that they come from, as clouds do.
   */
  readonly subnets?: number;
  /** MTU of `eth0` in bytes, by name of the host; 1500 by default. The switch between them carries the largest. */
  readonly mtu?: Readonly<Record<string, number>>;
  /** MTU of the router's links in bytes, where there are several subnets; the largest of the hosts' by default. */
  readonly routerMtu?: number;
  /**
   * How the router drops them: by nftables, which counts them, by default; by routing rules, for a kernel that has nftables for bridges
   * alone.
   */
  readonly routerFilter?: 'nftables' | 'rules';
  /** Reverse path filter of the hosts (net.ipv4.conf.*.rp_filter), 1 is strict; as the machine has it by default. */
  readonly rpFilter?: 0 | 1 | 2;
}

/** The most hosts that the plan of addresses has room for. */
export const maxHosts = 10;

/** The most subnets, so that each has a switch and some hosts. */
export const maxSubnets = 4;

/**
 * The addresses of a lab's first subnet: hosts n1…n10 are .11….20, a host that is no node is .200, and .250 is the namespace
 * with the bridge itself, where etcd listens and where the hosts' default route points.
 */
export const underlayAddresses = {
  prefixLength: 24,
  cidr: '192.168.77.0/24',
  host: (index: number): string => `192.168.77.${10 + index}`,
  outside: '192.168.77.200',
  registry: '192.168.77.250',
} as const;

/** A subnet: one switch, and one address of the router. */
export interface Subnet {
  /** Name of its bridge. */
  readonly bridge: string;
  readonly prefixes: readonly Prefix[];
}

/** The addresses of a subnet of one family. They end as those of {@link underlayAddresses} do: the host fd77::11 is 192.168.77.11, too. */
export interface Prefix {
  readonly family: Family;
  readonly cidr: string;
  /** Prefix length in bits. */
  readonly length: number;
  /** Next hop of the default route. */
  readonly router: string;
}

/** A host on the underlay. */
export interface PlannedHost {
  readonly name: string;
  /** Number of its subnet, from 0. */
  readonly subnet: number;
  /** One of each family, in the order of the subnet's prefixes. */
  readonly addresses: readonly string[];
  /** MTU of its `eth0` in bytes. */
  readonly mtu: number;
}

/** Where everything is, and how it is called. */
export interface UnderlayPlan {
  readonly family: Families;
  readonly subnets: readonly Subnet[];
  readonly hosts: readonly PlannedHost[];
  /** The host that is no node. */
  readonly outside: PlannedHost;
  /** MTU of the switches' ports: the largest of the hosts'. */
  readonly switchMtu: number;
  readonly routerMtu: number;
  readonly routerFilter: 'nftables' | 'rules';
  readonly rpFilter: 0 | 1 | 2 | undefined;
}

const outsideName = 'outside';
const usualMtu = 1500;

/** The least MTU that carries IPv4 (RFC 791) and IPv6 (RFC 8200, section 5), and the most that a veth has. */
const mtuLimits = { ipv4: 68, ipv6: 1280, most: 65_535 } as const;

/**
 * Plans an underlay for so many hosts.
 *
 * @throws LabError for options that no underlay can have, before anything is made
 */
export function planUnderlay(nodes: number, options: UnderlayOptions): UnderlayPlan {
  const { family = 'ipv4', subnets: count = 1, mtu = {}, rpFilter } = options;
  const { routerFilter = 'nftables' } = options;
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  checkCounts(nodes, count);
  const families = familiesIn(family);
  checkMtus(options, names, families);

  const subnets = Array.from({ length: count }, (_, index) => planSubnet(index, families));
  const host = (name: string, subnet: number, last: number): PlannedHost => ({
    name,
    subnet,
    addresses: families.map((one) => address(one, subnet, last)),
    mtu: mtu[name] ?? usualMtu,
  });
  const hosts = names.map((name, index) =>
    host(name, Math.floor((index * count) / nodes), 11 + index),
  );
  const outside = host(outsideName, 0, 200);
  const switchMtu = Math.max(...[...hosts, outside].map((one) => one.mtu));
  const routerMtu = options.routerMtu ?? switchMtu;
  return { family, subnets, hosts, outside, switchMtu, routerMtu, routerFilter, rpFilter };
}

/** The families that a word stands for, IPv4 first. */
export function familiesIn(word: Families): readonly Family[] {
  if (word === 'dual') return ['ipv4', 'ipv6'];
  if (word === 'ipv4' || word === 'ipv6') return [word];
  throw new LabError(`a family is ipv4, ipv6 or dual, not ${word}`);
}

function planSubnet(index: number, families: readonly Family[]): Subnet {
  const prefixes = families.map((family): Prefix => {
    const length = family === 'ipv4' ? underlayAddresses.prefixLength : 64;
    const base = family === 'ipv4' ? address(family, index, 0) : prefix6(index);
    return { family, cidr: `${base}/${length}`, length, router: address(family, index, 250) };
  });
  return { bridge: `br${index}`, prefixes };
}

/** The address with this last part, written alike in both families. */
function address(family: Family, subnet: number, last: number): string {
  return family === 'ipv4' ? `192.168.${77 + subnet}.${last}` : `${prefix6(subnet)}${last}`;
}

const prefix6 = (subnet: number): string => (subnet === 0 ? 'fd77::' : `fd77:0:0:${subnet}::`);

function checkCounts(nodes: number, subnets: number): void {
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > maxHosts)
    throw new LabError(`a lab has 1 to ${maxHosts} hosts, not ${nodes}`);
  const most = Math.min(nodes, maxSubnets);
  if (!Number.isInteger(subnets) || subnets < 1 || subnets > most)
    throw new LabError(`${nodes} hosts are in 1 to ${most} subnets, not ${subnets}`);
}

function checkMtus(
  { mtu = {}, routerMtu, subnets = 1, rpFilter }: UnderlayOptions,
  names: readonly string[],
  families: readonly Family[],
): void {
  const least = Math.max(...families.map((family) => mtuLimits[family]));
  const check = (what: string, value: number): void => {
    if (Number.isInteger(value) && value >= least && value <= mtuLimits.most) return;
    throw new LabError(`the MTU of ${what} is ${least} to ${mtuLimits.most}, not ${value}`);
  };
  const known = [...names, outsideName];
  for (const [name, value] of Object.entries(mtu)) {
    if (!known.includes(name))
      throw new LabError(`there is no host ${name} to have an MTU; there is ${known.join(', ')}`);
    check(name, value);
  }
  if (routerMtu !== undefined) {
    if (subnets < 2) throw new LabError('one subnet has no router whose MTU could be told');
    check('the router', routerMtu);
  }
  if (rpFilter !== undefined && ![0, 1, 2].includes(rpFilter))
    throw new LabError(`rp_filter is 0, 1 or 2, not ${rpFilter}`);
}
