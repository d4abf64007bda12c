import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandwidthProblems } from './network-config/bandwidth.js';
import { checkedNetwork } from './network-config/checked.js';
import { isObject } from './network-config/document.js';
import { parseNetworkConfig, parseNetworkHead } from './network-config/parse.js';
import { parseAddCall } from './request/add.js';
import { parseCheckCall } from './request/check.js';
import { parseDelCall } from './request/del.js';
import { parseGcCall } from './request/gc.js';
import { parseStatusCall } from './request/status.js';
import { resultText } from './result/merge.js';
import { call, config, defaults, refusal } from './testing/call.js';
import { bridged, previousOf } from './testing/result.js';

/** Another run's seed makes the same inputs: POPLIN_FUZZ_SEED=N. */
const seed = Number(process.env.POPLIN_FUZZ_SEED ?? randomInt(0x7fff_ffff));

console.log(
  `fuzz: network configurations from seed ${seed} (POPLIN_FUZZ_SEED=${seed} repeats them)`,
);

/** A configuration with everything in it. */
const full = {
  cniVersion: '1.1.0',
  name: 'poplin',
  type: 'poplin',
  capabilities: { portMappings: true },
  attach: { mtu: 1400, hairpin: true, isolation: false },
  masquerade: { enabled: true, except: ['192.168.0.0/16'] },
  dns: { nameservers: ['10.96.0.10'], search: ['a.b'] },
  routes: [{ dst: '192.168.0.0/16', gw: '10.244.0.1', mtu: 1300 }],
  sysctls: { 'net.ipv4.conf.IFNAME.rp_filter': 1 },
  bandwidth: { ingressRate: 8000 },
  args: { cni: { ips: ['10.244.0.9'], mac: '02:00:00:00:00:01' } },
  runtimeConfig: {
    portMappings: [{ hostPort: 80, containerPort: 8080, protocol: 'tcp', hostIP: '' }],
    bandwidth: { egressRate: 8000, egressBurst: 16000 },
    dns: { servers: ['10.96.0.10'], searches: null, options: [] },
    ips: ['10.244.0.9/24'],
    mac: '02:00:00:00:00:01',
    'io.kubernetes.cri.pod-annotations': { 'poplin.dev/ips': '10.244.0.9' },
  },
  prevResult: {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'eth0', sandbox: '/run/netns/cni-1' }],
    ips: [{ address: '10.244.0.9/26', interface: 0 }],
    routes: [{ dst: '0.0.0.0/0', gw: '169.254.1.1' }],
  },
  'cni.dev/valid-attachments': [{ containerID: 'a', ifname: 'eth0' }],
};

/** Every command with these bytes; each answers with a value or its own error, or the test fails. */
function tryAll(bytes: Uint8Array): void {
  const one = call({ config: bytes });
  for (const { previous, cniVersion } of answered(() => parseAddCall(one, defaults))) {
    // Whatever was taken from the plugins before us, the next one can read what we make of it.
    previousOf(JSON.parse(resultText(previous, bridged, cniVersion)), cniVersion);
  }
  // In parts it is what it is as a whole.
  const whole = () => parseNetworkConfig(parseNetworkHead(bytes).document);
  expect(answered(() => checkedNetwork(bytes).config)).toEqual(answered(whole));
  expect(refusal(() => checkedNetwork(bytes))).toBe(refusal(whole));
  refusal(() => parseCheckCall(one));
  refusal(() => parseGcCall(one));
  refusal(() => parseStatusCall(one));
  expect(parseDelCall(one).containerId).toBe(one.containerId);
}

/** The value of a call, or nothing where it is refused. */
function answered<T>(attempt: () => T): readonly T[] {
  const values: T[] = [];
  refusal(() => values.push(attempt()));
  return values;
}

/** Every path in a JSON value. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** A copy with the value at a path replaced. */
function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((inner, at) => (String(at) === step ? replaced(inner, rest, by) : inner));
  }
  if (!isObject(value)) return value;
  return { ...value, [step]: replaced(value[step], rest, by) };
}

/** An object with the letters of its keys, at every level, in the case that `upper` says. */
function recased(value: unknown, upper: () => boolean): unknown {
  if (Array.isArray(value)) return value.map((inner) => recased(inner, upper));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const letters = [...key].map((one) => (upper() ? one.toUpperCase() : one.toLowerCase()));
    return [letters.join(''), key.includes('annotations') ? inner : recased(inner, upper)] as const;
  });
  return Object.fromEntries(entries);
}

const text = JSON.stringify(full);

describe('a network configuration', () => {
  it('that has everything is taken', () => {
    expect(refusal(() => parseAddCall(call({ config: config(full) }), defaults))).toBe(
      'not refused',
    );
  });

  it('of any bytes is a value or a CNI error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), tryAll), { seed, numRuns: 300 });
  });

  it('cut short anywhere is a value or a CNI error', () => {
    for (let length = 0; length <= text.length; length++)
      tryAll(Buffer.from(text.slice(0, length)));
  });

  it('with some bytes changed is a value or a CNI error', () => {
    const hits = fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(hits, (changes) => {
        const bytes = Buffer.from(text);
        for (const [at, byte] of changes) bytes[at] = byte;
        tryAll(bytes);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('with any JSON in any place is a value or a CNI error', () => {
    const place = fc.constantFrom(...pathsOf(full));
    fc.assert(
      fc.property(place, fc.jsonValue(), (path, value) => {
        tryAll(Buffer.from(JSON.stringify(replaced(full, path, value))));
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('with any key in any object is a value or a CNI error', () => {
    const objects = pathsOf(full).filter((path) => path.length < 4);
    const keys = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', ''));
    fc.assert(
      fc.property(fc.constantFrom(...objects), keys, fc.jsonValue(), (path, key, value) => {
        const broken = JSON.stringify(replaced(full, [...path, 'KEY'], value));
        tryAll(Buffer.from(broken.replace('"KEY":', () => `${JSON.stringify(key)}:`)));
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('means the same whatever the case of the runtime’s keys', () => {
    const options = (keys: object) =>
      parseAddCall(call({ config: config({ ...full, ...keys }) }), defaults).options;
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (flips) => {
        const upper = () => flips.next().value === true;
        const keys = {
          runtimeConfig: recased(full.runtimeConfig, upper),
          args: recased(full.args, upper),
        };
        expect(options(keys)).toEqual(options({}));
      }),
      { seed },
    );
  });

  it('has limits that are right exactly when no burst stands alone', () => {
    const bits = fc.option(fc.nat(10), { nil: undefined });
    const rates = fc.record({
      ingressRate: bits,
      ingressBurst: bits,
      egressRate: bits,
      egressBurst: bits,
    });
    fc.assert(
      fc.property(rates, (written) => {
        const said = JSON.parse(JSON.stringify(written));
        const taken = refusal(() =>
          parseAddCall(call({ config: config({ bandwidth: said }) }), defaults),
        );
        expect(taken === 'not refused').toBe(bandwidthProblems(said).length === 0);
      }),
      { seed },
    );
  });
});
