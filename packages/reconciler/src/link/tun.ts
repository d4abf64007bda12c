import type { TunLinkState } from '@poplin/backend';
import type { Link } from '@poplin/netlink';
import type { LinkForm } from './form.js';
import { settingsOf } from './settings.js';

/** The form of a TUN device, which a process has made. */
export function tunForm({ mtu }: TunLinkState): LinkForm {
  return {
    module: 'tun',
    isRight: isTun,
    changes: (there) => (isTun(there) ? settingsOf(there, { mtu }) : undefined),
  };
}

function isTun({ data }: Link): boolean {
  return data?.kind === 'tun' && data.type === 'tun';
}
