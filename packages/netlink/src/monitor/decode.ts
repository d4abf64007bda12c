import type { Message } from '../codec/message.js';
import { decodeAddress } from '../rtnetlink/address/decode.js';
import { decodeFdbEntry } from '../rtnetlink/fdb/decode.js';
import { decodeLink, decodeLinkBriefly } from '../rtnetlink/link/decode.js';
import { decodePortOfBridge } from '../rtnetlink/link/port-of-bridge.js';
import { RTM } from '../rtnetlink/message-types.js';
import { decodeNeighbour } from '../rtnetlink/neighbour/decode.js';
import { decodeNetconf } from '../rtnetlink/netconf/decode.js';
import { decodeRoute } from '../rtnetlink/route/decode.js';
import { decodeRule } from '../rtnetlink/rule/decode.js';
import type { MonitorEvent } from './types.js';

/**
 * Reads an event of rtnetlink; `undefined` for what no {@link MonitorEvent} stands for, such as a port that leaves its bridge.
 *
 * @param isBrief - tells of which links less will do, by their name.
 * @throws {NetlinkError} DECODE.
 */
export function decodeEvent(
  { type, body }: Message,
  isBrief: (name: string) => boolean = () => false,
): MonitorEvent | undefined {
  switch (type) {
    case RTM.NEWLINK:
    case RTM.DELLINK: {
      const port = type === RTM.NEWLINK ? decodePortOfBridge(body) : undefined;
      if (port) return { kind: 'bridge-port', port };
      const brief = decodeLinkBriefly(body);
      const link = brief && (isBrief(brief.name) ? brief : decodeLink(body));
      return link && { kind: 'link', action: type === RTM.NEWLINK ? 'new' : 'del', link };
    }
    case RTM.NEWADDR:
    case RTM.DELADDR: {
      const address = decodeAddress(body);
      return address && { kind: 'address', action: type === RTM.NEWADDR ? 'new' : 'del', address };
    }
    case RTM.NEWROUTE:
    case RTM.DELROUTE: {
      const route = decodeRoute(body);
      return route && { kind: 'route', action: type === RTM.NEWROUTE ? 'new' : 'del', route };
    }
    case RTM.NEWRULE:
    case RTM.DELRULE: {
      const rule = decodeRule(body);
      return rule && { kind: 'rule', action: type === RTM.NEWRULE ? 'new' : 'del', rule };
    }
    case RTM.NEWNEIGH:
    case RTM.DELNEIGH: {
      const action = type === RTM.NEWNEIGH ? 'new' : 'del';
      const entry = decodeFdbEntry(body);
      if (entry) return { kind: 'fdb', action, entry };
      const neighbour = decodeNeighbour(body);
      return neighbour && { kind: 'neighbour', action, neighbour };
    }
    case RTM.NEWNETCONF: {
      const netconf = decodeNetconf(body);
      return netconf && { kind: 'netconf', netconf };
    }
    default:
      return undefined;
  }
}
