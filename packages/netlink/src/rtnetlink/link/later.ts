import type { NetlinkRequest } from '../../socket/request.js';
import type { NetnsTarget } from '../target-netns.js';
import { linkSet } from './set.js';
import type { LaterSettings } from './settings.js';
import type { LinkChange, LinkSpec } from './types.js';

/** A request that a new link needs once it is there. */
export interface LaterStep {
  /** The namespace that the link is in; `undefined` for the handle's own. */
  readonly netns: NetnsTarget | undefined;
  readonly request: NetlinkRequest;
}

/** What is left to do for a link, and for its peer, after `linkAdd`. @throws {NetlinkError} INVALID_ARGUMENT. */
export function laterSteps(spec: LinkSpec): LaterStep[] {
  const own = stepsFor(spec.name, spec.netns, laterSettings(spec));
  if (spec.kind !== 'veth') return own;
  const { name, netns, masterIfindex, bridgePort, up } = spec.peer;
  const join = {
    ...laterSettings({ ...spec.peer, bridgePort: undefined }),
    ...(masterIfindex === undefined ? {} : { masterIfindex }),
    ...(up === undefined ? {} : { up }),
  };
  return [
    ...own,
    ...stepsFor(name, netns, join),
    // A link must be a port before it can have a port's options.
    ...stepsFor(name, netns, bridgePort ? { bridgePort } : {}),
  ];
}

function stepsFor(name: string, netns: NetnsTarget | undefined, change: LinkChange): LaterStep[] {
  if (Object.keys(change).length === 0) return [];
  return [{ netns, request: linkSet({ name }, change) }];
}

/** Of all that is given, what is for later. */
function laterSettings({
  alias,
  bridgePort,
  ipv4Config,
  addrGenMode,
}: { readonly [K in keyof LaterSettings]: LaterSettings[K] | undefined }): LaterSettings {
  return {
    ...(alias === undefined ? {} : { alias }),
    ...(bridgePort ? { bridgePort } : {}),
    ...(ipv4Config ? { ipv4Config } : {}),
    ...(addrGenMode === undefined ? {} : { addrGenMode }),
  };
}
