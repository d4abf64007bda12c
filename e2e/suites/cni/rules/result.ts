import { expect } from 'vitest';
import {
  addressesOn,
  cniVersions,
  type Group,
  ipsOf,
  newest,
  reaches,
  routesOf,
  type Scenario,
} from '../stage/index.js';
import { extras } from './extras.js';

const dualStack = [
  { cidr: '10.244.0.0/16', blockSize: 26 },
  { cidr: 'fd00:10:244::/56', blockSize: 122 },
];

/** The shape of results, and that the pod is what its result says: CNI spec, "ADD Success", of each version. */
const shape: readonly Scenario[] = [
  {
    number: 18,
    rule: 'the result is in the version of the configuration',
    versions: cniVersions,
    run: async (stage, version) => {
      const result = await stage.add(await stage.subject(), stage.config(version));
      const isOld = version === '0.3.1' || version === '0.4.0';
      expect(result.cniVersion).toBe(version);
      expect(result.ips.map((ip) => ip.version)).toEqual(
        isOld ? ['4', '6'] : [undefined, undefined],
      );
      for (const { mtu } of result.interfaces) expect(mtu === undefined).toBe(version !== '1.1.0');
      expect('dns' in result).toBe(isOld);
    },
  },
  {
    number: 19,
    rule: 'a configuration of 0.2.0 is refused with code 1, as is one of 0.1.0 and 0.3.0',
    versions: newest,
    run: async (stage) => {
      for (const version of ['0.1.0', '0.2.0', '0.3.0']) {
        const refusal = await stage.refuse('ADD', await stage.subject(), stage.config(version));
        expect(refusal).toMatchObject({ code: 1, msg: expect.stringContaining(version) });
      }
    },
  },
  {
    number: 20,
    rule: "every address points at the pod's own interface by a valid index",
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const { interfaces, ips } = await stage.add(subject, stage.config(version));
      expect(ips).toHaveLength(2);
      for (const { interface: index } of ips)
        expect(interfaces[index ?? -1]).toMatchObject({
          name: 'eth0',
          sandbox: subject.namespace.path,
        });
    },
  },
  {
    number: 21,
    rule: 'there is one default route per family, in the namespace and in the result',
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const result = await stage.add({ namespace, ...subject }, stage.config(version));
      const defaults = (result.routes ?? []).filter(({ dst }) => /\/0$/.test(dst));
      expect(defaults.map(({ dst }) => dst)).toEqual(['0.0.0.0/0', '::/0']);
      for (const [family, route] of [[4, defaults[0]] as const, [6, defaults[1]] as const]) {
        const inKernel = await routesOf(namespace, family, 'default');
        expect(inKernel.map(({ gateway }) => gateway)).toEqual([route?.gw]);
      }
    },
  },
  {
    number: 22,
    rule: 'both families can be used the moment ADD has answered: no address is tentative',
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const result = await stage.add({ namespace, ...subject }, stage.config(version));
      const addresses = await addressesOn(namespace, 'eth0');
      expect(addresses.map(({ local }) => local).sort()).toEqual([...ipsOf(result)].sort());
      expect(addresses.filter(({ tentative }) => tentative)).toEqual([]);
      for (const ip of ipsOf(result)) expect(await reaches(stage.host.namespace, ip)).toBe(true);
    },
  },
];

/** Results of ADD. */
export const result: readonly Group[] = [
  { title: 'the result of a dual-stack pod', lab: { pools: dualStack }, scenarios: shape },
  {
    title: 'the result of a dual-stack pod on a bridge',
    lab: { pools: dualStack, attach: 'bridge' },
    scenarios: shape,
  },
  { title: 'what the configuration adds', lab: { pools: dualStack }, scenarios: extras },
];
