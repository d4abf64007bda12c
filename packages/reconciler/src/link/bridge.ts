import type { BridgeLinkState } from '@poplin/backend';
import type { LinkForm } from './form.js';
import { settingsOf } from './settings.js';

/** The form of a bridge. All of it can be changed in place. */
export function bridgeForm({ name, mtu, mac }: BridgeLinkState): LinkForm {
  return {
    module: 'bridge',
    spec: { kind: 'bridge', name, mtu, mac },
    isRight: (there) => there.kind === 'bridge' && there.mac === mac && !there.noArp,
    changes: (there) => (there.kind === 'bridge' ? settingsOf(there, { mtu, mac }) : undefined),
  };
}
