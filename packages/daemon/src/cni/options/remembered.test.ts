import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCniArgs } from '../args.js';
import { checkedNetwork } from '../network-config/checked.js';
import { config, defaults, refusal } from '../testing/call.js';
import type { AttachmentDefaults } from './attachment-options.js';
import { optionsOf } from './remembered.js';
import { resolveOptions } from './resolve.js';

const six: AttachmentDefaults = { ...defaults, families: ['ipv4', 'ipv6'] };
const other: AttachmentDefaults = { ...defaults, mtu: 1400, hairpin: false };

const call = fc.record({
  keys: fc.constantFrom(
    {},
    { attach: { mtu: 1000 } },
    { sysctls: { 'net.ipv4.conf.IFNAME.rp_filter': 1 } },
    { args: { cni: { ips: ['10.0.0.9'] } } },
    { runtimeConfig: { portMappings: [{ hostPort: 80, containerPort: 80 }] } },
  ),
  args: fc.constantFrom('', 'IP=10.0.0.1', 'IP=10.0.0.2', 'IP=nonsense', 'MAC=02:00:00:00:00:01'),
  ifname: fc.constantFrom('eth0', 'net1'),
  cluster: fc.constantFrom(defaults, six, other),
});

describe('the options of a pod', () => {
  it('are what they would be if nobody had asked before, or are refused alike', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
        for (const { keys, args, ifname, cluster } of calls) {
          const words = {
            config: checkedNetwork(config(keys)).config,
            args: parseCniArgs(args),
            ifname,
          };
          const attempt = (how: typeof optionsOf) => {
            let options: unknown;
            const why = refusal(() => {
              options = how(words, cluster);
            });
            return [why, options];
          };
          expect(attempt(optionsOf)).toEqual(attempt(resolveOptions));
        }
      }),
    );
  });

  it('are shared by pods that wish for nothing of their own, and cannot be changed', () => {
    const words = {
      config: checkedNetwork(config({ routes: [{ dst: '10.0.0.0/8' }] })).config,
      ifname: 'eth0',
    };
    const ofPod = (name: string) =>
      optionsOf({ ...words, args: parseCniArgs(`K8S_POD_NAME=${name}`) }, defaults);
    expect(ofPod('b')).toBe(ofPod('a'));
    expect(() => Object.assign(ofPod('a'), { mtu: 1 })).toThrow(TypeError);
    expect(() => Object.assign(ofPod('a').masquerade, { enabled: false })).toThrow(TypeError);
    expect(() => (ofPod('a').routes as unknown[]).push(1)).toThrow(TypeError);
  });
});
