import type { BridgeLinkState } from '@poplin/backend';
import type { LinkForm } from './form.js';

/** The form of a bridge. All of it can be changed in place. */
export function bridgeForm({ name, mtu, mac }: BridgeLinkState): LinkForm {
  return {
    module: 'bridge',
    spec: { kind: 'bridge', name, mtu, mac },
    isRight: (there) => there.kind === 'bridge' && there.mac === mac && !there.noArp,
    change: ({ kind }) => (kind === 'bridge' ? { mtu, mac, noArp: false } : undefined),
  };
}
