import { describe, expect, it } from 'vitest';
import { parseAddCall } from '../request/add.js';
import { call, defaults, optionsOf, refusal } from '../testing/call.js';

const sent = (bandwidth: unknown) => optionsOf({ runtimeConfig: { bandwidth } }).bandwidth;

describe('bandwidth', () => {
  it('is bits per second, and its burst bits', () => {
    expect(
      sent({ ingressRate: 8000, ingressBurst: 16000, egressRate: 9000, egressBurst: 24000 }),
    ).toEqual({ ingress: { rate: 8000, burst: 16000 }, egress: { rate: 9000, burst: 24000 } });
  });

  it('says nothing of a burst that was not asked for', () => {
    expect(sent({ ingressRate: 8000 })).toEqual({ ingress: { rate: 8000 } });
    expect(sent({ egressRate: 8000, egressBurst: 0 })).toEqual({ egress: { rate: 8000 } });
  });

  it.each([[{}], [{ ingressRate: 0, egressRate: 0 }], [{ ingressRate: 0, ingressBurst: 0 }]])(
    'does not limit with %j',
    (rates) => {
      expect(sent(rates)).toEqual({});
    },
  );

  it('of the configuration goes before that of the runtime', () => {
    const runtimeConfig = { bandwidth: { ingressRate: 1000, egressRate: 1000 } };
    expect(optionsOf({ bandwidth: { ingressRate: 8000 }, runtimeConfig }).bandwidth).toEqual({
      ingress: { rate: 8000 },
    });
    expect(optionsOf({ bandwidth: { ingressRate: 0 }, runtimeConfig }).bandwidth).toEqual({});
  });

  it.each(['ingress', 'egress'])('is refused with a burst of %s alone', (direction) => {
    const rates = { [`${direction}Burst`]: 8000 };
    const message = `bandwidth.${direction}Burst: needs ${direction}Rate beside it`;
    expect(refusal(() => sent(rates))).toContain(`: runtimeConfig.${message}`);
    expect(refusal(() => optionsOf({ bandwidth: rates }))).toContain(`: ${message}`);
  });

  it.each([-1, 1.5, '8000', 2 ** 60])('is refused with a rate of %j', (ingressRate) => {
    expect(refusal(() => sent({ ingressRate }))).toContain('must be a whole number of bits');
  });

  it('is refused with a rate that overflows to infinity', () => {
    const text = '{"cniVersion":"1.1.0","name":"x","bandwidth":{"ingressRate":1e999}}';
    const attempt = () => parseAddCall(call({ config: Buffer.from(text) }), defaults);
    expect(refusal(attempt)).toContain('bandwidth.ingressRate: must be a whole number of bits');
  });

  it('of the configuration knows its keys in one spelling only', () => {
    expect(refusal(() => optionsOf({ bandwidth: { IngressRate: 1 } }))).toContain(
      'bandwidth.IngressRate: unknown key; did you mean ingressRate?',
    );
  });
});
