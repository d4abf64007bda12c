import { describe, expect, it } from 'vitest';
import { packet } from '../../test-support/packets.js';
import { Counters } from './counters.js';
import { ErrorSender } from './error-sender.js';
import { emptyState } from './state.js';

/** An error sender whose clock stands still until it is moved, with what it sends. */
function stage() {
  const state = emptyState(new Counters());
  state.icmp[0] = 7;
  const sent: { fd: number; message: Uint8Array; to: string }[] = [];
  let now = 0;
  const errors = new ErrorSender(
    state,
    () => now,
    (fd, message, to) => sent.push({ fd, message, to: to.join('.') }),
  );
  const bytes = packet({ source: '10.244.1.5', destination: '10.244.2.5' });
  return {
    sent,
    counters: () => state.counters.read(),
    pass: (ms: number) => {
      now += ms;
    },
    tell: (data = bytes, family: 'ipv4' | 'ipv6' = 'ipv4') =>
      errors.tell(family, { kind: 'unreachable' }, data, 0, data.length),
  };
}

describe('ErrorSender', () => {
  it('sends an error to the source of a packet', () => {
    const { sent, tell, counters } = stage();
    tell();
    expect(sent).toMatchObject([{ fd: 7, to: '10.244.1.5' }]);
    expect(sent[0]?.message[0]).toBe(3);
    expect(counters()).toMatchObject({ icmp_errors: 1, icmp_errors_suppressed: 0 });
  });

  it('sends 50 at once, then one for each millisecond that passes', () => {
    const { sent, tell, pass, counters } = stage();
    for (let i = 0; i < 80; i++) tell();
    expect(sent).toHaveLength(50);
    pass(10);
    for (let i = 0; i < 80; i++) tell();
    expect(sent).toHaveLength(60);
    pass(3_600_000);
    for (let i = 0; i < 80; i++) tell();
    expect(sent).toHaveLength(110);
    expect(counters()).toMatchObject({ icmp_errors: 110, icmp_errors_suppressed: 130 });
  });

  it('says nothing about an error, and counts none', () => {
    const { sent, tell, counters } = stage();
    const payload = Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0);
    tell(packet({ source: '10.244.1.5', destination: '10.244.2.5', protocol: 1, payload }));
    expect(sent).toEqual([]);
    expect(counters()).toMatchObject({ icmp_errors: 0, icmp_errors_suppressed: 0 });
  });

  it('counts what it has no socket for', () => {
    const { sent, tell, counters } = stage();
    tell(packet({ source: 'fd00::1', destination: 'fd00::2' }), 'ipv6');
    expect(sent).toEqual([]);
    expect(counters().icmp_errors_suppressed).toBe(1);
  });
});
