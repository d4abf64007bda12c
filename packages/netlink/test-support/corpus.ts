import { readFileSync } from 'node:fs';

/** Objects that the corpus has bodies of. */
export const corpusKinds = [
  'link',
  'address',
  'route',
  'neighbour',
  'rule',
  'fdb',
  'netnsId',
  'conntrack',
  'qdisc',
  'filter',
  'netconf',
  'bridgePort',
  'generation',
] as const;

/** One of {@link corpusKinds}. */
export type CorpusKind = (typeof corpusKinds)[number];

const corpus = JSON.parse(
  readFileSync(new URL('./corpus.json', import.meta.url), 'utf8'),
) as Record<CorpusKind, string[]>;

/** Bodies of real messages about a kind of object. */
export function realMessages(kind: CorpusKind): Uint8Array[] {
  return corpus[kind].map(fromHex);
}

/** Bytes from hexadecimal digits; white space is left out. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
}
