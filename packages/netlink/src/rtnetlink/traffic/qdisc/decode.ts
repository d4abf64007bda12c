import { Attributes } from '../../../codec/attributes.js';
import { TCA } from '../attributes.js';
import { handleText } from '../handle.js';
import { decodeTrafficHeader, TCMSG_LENGTH } from '../message.js';
import { decodeStatistics } from '../statistics.js';
import { decodeNetem } from './kind/netem.js';
import { decodeTbf } from './kind/tbf.js';
import type { Qdisc, QdiscOptions } from './types.js';

/** Reads a qdisc from the body of an RTM_NEWQDISC or RTM_DELQDISC. @throws {NetlinkError} DECODE. */
export function decodeQdisc(body: Uint8Array): Qdisc {
  const header = decodeTrafficHeader('qdisc', body);
  const attributes = new Attributes('qdisc', body, TCMSG_LENGTH);
  const kind = attributes.text(TCA.KIND) ?? '';
  const handle = handleText(header.handle);
  const parent = handleText(header.parent);
  const options = decodeOptions(kind, attributes.bytes(TCA.OPTIONS));
  const statistics = attributes.nested(TCA.STATS2);
  return {
    ifindex: header.ifindex,
    kind,
    ...(handle === undefined ? {} : { handle }),
    ...(parent === undefined ? {} : { parent }),
    ...(options === undefined ? {} : { options }),
    ...(statistics === undefined ? {} : { statistics: decodeStatistics(statistics) }),
  };
}

function decodeOptions(kind: string, bytes: Uint8Array | undefined): QdiscOptions | undefined {
  if (!bytes) return undefined;
  if (kind === 'tbf') return { kind, ...decodeTbf(bytes) };
  return kind === 'netem' ? { kind, ...decodeNetem(bytes) } : undefined;
}
