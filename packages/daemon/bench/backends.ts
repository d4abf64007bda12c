import type { Backend, Peer, RunningBackend } from '@poplin/backend';
import { hostGw } from '@poplin/backend-host-gw';
import { ipip } from '@poplin/backend-ipip';
import { udp } from '@poplin/backend-udp';
import { vxlan } from '@poplin/backend-vxlan';
import { silentLog } from '@poplin/net';
import { view } from './synthetic-peers.js';

/** The backends that are measured. */
export const backends: readonly Backend[] = [hostGw, vxlan, ipip, udp];

/** Starts a backend with its default options in the namespace of the process. */
export function startBackend(backend: Backend): Promise<RunningBackend> {
  const nodeId = '6f9619ff-8b86-4011-b42d-00c04fc964ff';
  const { underlay } = view;
  const host = { nodeName: 'measured', nodeId, underlay, linkSuffix: '', log: silentLog };
  return backend.start(host, backend.options.parse({}));
}

/** A peer with what it published as the backend reads it. */
export function readPeer({ peerData }: Backend, peer: Peer): Peer {
  return { ...peer, data: peerData.parse(peer.data) };
}
