import { describe, expect, it } from 'vitest';
import { podIp, twoNodes } from '../test-support/two-nodes.js';

describe('packets between pods', () => {
  for (const underlay of ['ipv4', 'ipv6'] as const) {
    it(`of both families travel over an underlay of ${underlay}`, async () => {
      await using nodes = await twoNodes({ underlay: [underlay] });
      for (const family of ['ipv4', 'ipv6'] as const) {
        const answer = await nodes.a.pod.execAsync(
          'ping',
          '-c5',
          '-i0.02',
          '-W5',
          podIp(2, family),
        );
        expect(answer).toContain('5 received');
      }
      expect(nodes.a.counter('sent_packets')).toBeGreaterThanOrEqual(10);
      expect(nodes.b.counter('received_packets')).toBeGreaterThanOrEqual(10);
    });
  }
});
