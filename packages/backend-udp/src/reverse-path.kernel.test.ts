import { describe, expect, it } from 'vitest';
import { podIp, twoNodes } from '../test-support/two-nodes.js';

/** Values of `net.ipv4.conf.*.rp_filter` (Documentation/networking/ip-sysctl.rst): the greater of `all` and the link's counts. */
const modes = [
  ['strict', 1],
  ['loose', 2],
] as const;

describe('packets between pods, on hosts whose reverse path filter', () => {
  for (const [name, value] of modes) {
    const filter = ['net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.default.rp_filter'];
    it(`is ${name} pass through the tunnel`, async () => {
      await using nodes = await twoNodes({ sysctls: filter.map((key) => `${key}=${value}`) });
      const { pod } = nodes.a;
      expect(await pod.execAsync('ping', '-c3', '-i0.02', '-W5', podIp(2))).toContain('3 received');
    });

    it(`is ${name} pass when the answer takes another way, as while a cluster changes its backend`, async () => {
      await using nodes = await twoNodes({ sysctls: filter.map((key) => `${key}=${value}`) });
      const { a, b } = nodes;
      // B has gone over to plain routes already, A has not.
      b.host.exec('ip', 'route', 'replace', '10.244.1.0/24', 'via', '192.168.7.1', 'dev', 'eth0');
      a.host.exec(
        'sysctl',
        '-qw',
        'net.ipv4.conf.all.rp_filter=0',
        'net.ipv4.conf.eth0.rp_filter=0',
      );
      expect(await a.pod.execAsync('ping', '-c3', '-i0.02', '-W5', podIp(2))).toContain(
        '3 received',
      );
    });
  }
});
