import { decodeAcknowledgement } from '../src/codec/acknowledgement.js';
import { decodeMessages, encodeMessage, NLMSG } from '../src/codec/message.js';
import { decodeEvent } from '../src/monitor/decode.js';
import { decodeAddress } from '../src/rtnetlink/address/decode.js';
import { decodeFdbEntry } from '../src/rtnetlink/fdb/decode.js';
import { decodeLink } from '../src/rtnetlink/link/decode.js';
import { RTM } from '../src/rtnetlink/message-types.js';
import { decodeNeighbour } from '../src/rtnetlink/neighbour/decode.js';
import { decodeNetnsId } from '../src/rtnetlink/netns-id/decode.js';
import { decodeRoute } from '../src/rtnetlink/route/decode.js';
import { decodeRule } from '../src/rtnetlink/rule/decode.js';
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

/** Whole datagrams: each real body as a message, and all of them behind one another. */
const datagrams = corpusKinds.flatMap((kind) => {
  // A namespace's number is shorter than what the header of any other message takes.
  const type = kind === 'netnsId' ? RTM.NEWNSID : RTM.NEWLINK;
  return realMessages(kind).map((body) => encodeMessage({ type, flags: 0, sequence: 1, body }));
});

const acknowledgement = (bytes: Uint8Array): unknown =>
  [NLMSG.ERROR, NLMSG.DONE].map((type) =>
    // ACK_TLVS, with and without CAPPED.
    [0x200, 0x300].map((flags) => decodeAcknowledgement({ type, flags, sequence: 1, body: bytes })),
  );

/** "No such device" with the kernel's words and an offset, capped and with the request in it. */
const acknowledgements = [
  'edffffff2000000013000505010000000000000010000100 4e6f2073756368206b696e6400 000000 0800020024000000',
  'edffffff100000001300050501000000000000000e0001006e6f74206665616c0000000008000200 14000000',
  '00000000',
].map(fromHex);

/** Every decoder of the package. */
export const decoders: readonly Decoder[] = [
  { name: 'datagram', decode: decodeMessages, seeds: datagrams },
  { name: 'acknowledgement', decode: acknowledgement, seeds: acknowledgements },
  {
    name: 'event',
    decode: (datagram) => decodeMessages(datagram).map(decodeEvent),
    seeds: datagrams,
  },
  object('link', decodeLink),
  object('address', decodeAddress),
  object('route', decodeRoute),
  object('neighbour', decodeNeighbour),
  object('rule', decodeRule),
  object('fdb', decodeFdbEntry),
  object('netnsId', decodeNetnsId),
];
