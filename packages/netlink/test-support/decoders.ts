import { readFileSync } from 'node:fs';
import { decodeAcknowledgement } from '../src/codec/acknowledgement.js';
import { decodeMessages, encodeMessage, NLMSG } from '../src/codec/message.js';
import { CT } from '../src/conntrack/attributes.js';
import { decodeConntrack } from '../src/conntrack/decode.js';
import { decodeFeatures } from '../src/ethtool/features.js';
import { decodeFamily } from '../src/generic/family.js';
import { decodeEvent } from '../src/monitor/decode.js';
import { decodeAuthor, NEWGEN } from '../src/monitor/generation.js';
import { decodeAddress } from '../src/rtnetlink/address/decode.js';
import { decodeFdbEntry } from '../src/rtnetlink/fdb/decode.js';
import { decodeLink } from '../src/rtnetlink/link/decode.js';
import { decodePortOfBridge } from '../src/rtnetlink/link/port-of-bridge.js';
import { RTM } from '../src/rtnetlink/message-types.js';
import { decodeNeighbour } from '../src/rtnetlink/neighbour/decode.js';
import { decodeNetconf } from '../src/rtnetlink/netconf/decode.js';
import { decodeNetnsId } from '../src/rtnetlink/netns-id/decode.js';
import { decodeRoute } from '../src/rtnetlink/route/decode.js';
import { decodeRule } from '../src/rtnetlink/rule/decode.js';
import { decodeFilter } from '../src/rtnetlink/traffic/filter/decode.js';
import { decodeQdisc } from '../src/rtnetlink/traffic/qdisc/decode.js';
import { type CorpusKind, corpusKinds, fromHex, realMessages } from './corpus.js';

/** Something that makes values of bytes that it cannot trust. */
export interface Decoder {
  readonly name: string;
  /** Real inputs, of which the fuzzer makes broken ones. */
  readonly seeds: readonly Uint8Array[];
  readonly decode: (bytes: Uint8Array) => unknown;
}

const object = (name: CorpusKind, decode: Decoder['decode']): Decoder => ({
  name,
  decode,
  seeds: realMessages(name),
});

/** Types of the messages whose bodies the corpus has. */
const messageTypes: Readonly<Record<CorpusKind, number>> = {
  link: RTM.NEWLINK,
  address: RTM.NEWADDR,
  route: RTM.NEWROUTE,
  neighbour: RTM.NEWNEIGH,
  rule: RTM.NEWRULE,
  fdb: RTM.NEWNEIGH,
  netnsId: RTM.NEWNSID,
  conntrack: CT.NEW,
  qdisc: RTM.NEWQDISC,
  filter: RTM.NEWTFILTER,
  netconf: RTM.NEWNETCONF,
  bridgePort: RTM.NEWLINK,
  generation: NEWGEN,
};

/** Whole datagrams: each real body as a message. */
const datagrams = corpusKinds.flatMap((kind) =>
  realMessages(kind).map((body) =>
    encodeMessage({ type: messageTypes[kind], flags: 0, sequence: 1, body }),
  ),
);

/** Messages that end a request: as a datagram, so that their flags get broken as well. */
const acknowledgement = (datagram: Uint8Array): unknown =>
  decodeMessages(datagram)
    .filter(({ type }) => type === NLMSG.ERROR || type === NLMSG.DONE)
    .map(decodeAcknowledgement);

/** Flags of an answer: attributes follow the error; the request that comes first is cut to its header. */
const TLVS = 0x200;
const CAPPED = 0x100;

const acknowledgements = (
  [
    // "No such kind" with an offset.
    [
      NLMSG.ERROR,
      TLVS | CAPPED,
      'edffffff 20000000 1300 0505 01000000 00000000 11000100 4e6f2073756368206b696e6421 000000 08000200 24000000',
    ],
    // An offset, the policy "u32 up to 16777215" and a missing attribute, behind a request of 20 bytes.
    [
      NLMSG.ERROR,
      TLVS,
      'deffffff 14000000 1000 0505 07000000 00000000 aabbccdd 08000200 34000000 18000480 08000100 04000000 0c000500 ffffff0000000000 08000500 07000000',
    ],
    [NLMSG.ERROR, CAPPED, '00000000 14000000 1000 0505 07000000 00000000'],
    [NLMSG.DONE, TLVS, 'feffffff 0700 0100 6e6f0000'],
    [NLMSG.DONE, 0, '00000000'],
  ] as const
).map(([type, flags, body]) => encodeMessage({ type, flags, sequence: 1, body: fromHex(body) }));

/** Every decoder of the package. */
export const decoders: readonly Decoder[] = [
  { name: 'datagram', decode: decodeMessages, seeds: datagrams },
  { name: 'acknowledgement', decode: acknowledgement, seeds: acknowledgements },
  {
    name: 'event',
    decode: (datagram) => decodeMessages(datagram).map((message) => decodeEvent(message)),
    seeds: datagrams,
  },
  object('link', decodeLink),
  object('address', decodeAddress),
  object('route', decodeRoute),
  object('neighbour', decodeNeighbour),
  object('rule', decodeRule),
  object('fdb', decodeFdbEntry),
  object('netnsId', decodeNetnsId),
  object('conntrack', decodeConntrack),
  object('qdisc', decodeQdisc),
  object('filter', decodeFilter),
  object('netconf', decodeNetconf),
  object('bridgePort', decodePortOfBridge),
  object('generation', (body) => decodeAuthor({ type: NEWGEN, flags: 0, sequence: 0, body })),
  {
    name: 'features',
    decode: decodeFeatures,
    // The answer of Linux 6.18 about a loopback link.
    seeds: [fromHex(readFileSync(new URL('./features.hex', import.meta.url), 'utf8'))],
  },
  {
    name: 'generic family',
    decode: decodeFamily,
    seeds: [fromHex('01020000 0c000200 657468746f6f6c00 06000100 15000000 08000300 01000000')],
  },
];
