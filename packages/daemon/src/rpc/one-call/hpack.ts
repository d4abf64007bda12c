import { BytesMemory } from './bytes-memory.js';
import { decodeHuffman } from './huffman.js';

/** A header field: name and value. */
export type HeaderField = readonly [name: string, value: string];

/** The static table, RFC 7541, Appendix A; its indexes begin at 1. */
const staticTable: readonly HeaderField[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map(
    (code): HeaderField => [':status', code],
  ),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...[
    ...[
      'accept-language',
      'accept-ranges',
      'accept',
      'access-control-allow-origin',
      'age',
      'allow',
    ],
    ...['authorization', 'cache-control', 'content-disposition', 'content-encoding'],
    ...['content-language', 'content-length', 'content-location', 'content-range', 'content-type'],
    ...['cookie', 'date', 'etag', 'expect', 'expires', 'from', 'host', 'if-match'],
    ...['if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-modified'],
    ...['link', 'location', 'max-forwards', 'proxy-authenticate', 'proxy-authorization', 'range'],
    ...['referer', 'refresh', 'retry-after', 'server', 'set-cookie', 'strict-transport-security'],
    ...['transfer-encoding', 'user-agent', 'vary', 'via', 'www-authenticate'],
  ].map((name): HeaderField => [name, '']),
];

/** Most bytes that a block may have: more than any call of ours has. */
const maxBlock = 16_384;

/** Where reading stands; a place past the end of the bytes means that they end too early. */
interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/**
 * Decodes the first header block of a connection: RFC 7541.
 *
 * @returns `undefined` for one that is malformed, very long, or has what is not read here: symbols that {@link decodeHuffman} leaves out, and
 *   changes of the table's size.
 */
export function decodeFirstBlock(bytes: Buffer): readonly HeaderField[] | undefined {
  if (bytes.length > maxBlock) return undefined;
  const cursor: Cursor = { bytes, at: 0 };
  const dynamic: HeaderField[] = [];
  const fields: HeaderField[] = [];
  while (cursor.at < bytes.length) {
    const first = bytes[cursor.at] ?? 0;
    if (first >= 0x80) {
      const field = lookUp(readNumber(cursor, 7), dynamic);
      if (!field) return undefined;
      fields.push(field);
      continue;
    }
    const isIndexed = first >= 0x40;
    if (!isIndexed && first >= 0x20) return undefined;
    const field = readLiteral(cursor, isIndexed ? 6 : 4, dynamic);
    if (!field) return undefined;
    if (isIndexed) dynamic.unshift(field);
    fields.push(field);
  }
  // As long as all fit, none is evicted, and an index means what it meant.
  return sizeOf(dynamic) <= defaultTableSize ? fields : undefined;
}

/** SETTINGS_HEADER_TABLE_SIZE of whoever has sent no other, and what an entry counts besides its text: RFC 7541, sections 4.1, 4.2. */
const defaultTableSize = 4096;
const entryOverhead = 32;

function sizeOf(entries: readonly HeaderField[]): number {
  return entries.reduce(
    (sum, [name, value]) => sum + name.length + value.length + entryOverhead,
    0,
  );
}

function readLiteral(
  cursor: Cursor,
  prefix: number,
  dynamic: readonly HeaderField[],
): HeaderField | undefined {
  const index = readNumber(cursor, prefix);
  const name = index === 0 ? readText(cursor) : lookUp(index, dynamic)?.[0];
  const value = readText(cursor);
  return name === undefined || value === undefined ? undefined : [name, value];
}

function lookUp(
  index: number | undefined,
  dynamic: readonly HeaderField[],
): HeaderField | undefined {
  if (index === undefined) return undefined;
  return staticTable[index - 1] ?? dynamic[index - 1 - staticTable.length];
}

/** A number of RFC 7541, section 5.1, with a prefix of so many bits. */
function readNumber(cursor: Cursor, prefix: number): number | undefined {
  const most = (1 << prefix) - 1;
  let number = (cursor.bytes[cursor.at++] ?? 0) & most;
  if (number < most) return number;
  for (let shift = 0; shift <= 14; shift += 7) {
    const octet = cursor.bytes[cursor.at++];
    if (octet === undefined) return undefined;
    number += (octet & 0x7f) << shift;
    if (octet < 0x80) return number;
  }
  return undefined;
}

/** Texts in the Huffman code, which takes bit after bit to read. */
const texts = new BytesMemory(decodeHuffman);

function readText(cursor: Cursor): string | undefined {
  const isHuffman = (cursor.bytes[cursor.at] ?? 0) >= 0x80;
  const length = readNumber(cursor, 7);
  if (length === undefined || cursor.at + length > cursor.bytes.length) return undefined;
  const bytes = cursor.bytes.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return isHuffman ? texts.read(bytes) : bytes.toString('latin1');
}

/** Encodes header fields as literals that nobody needs to remember: RFC 7541, section 6.2.2. Names and values are ASCII. */
export function encodeLiterals(fields: readonly HeaderField[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), encodeText(name), encodeText(value)]),
  );
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const octets = [127];
  let rest = bytes.length - 127;
  for (; rest >= 0x80; rest >>= 7) octets.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...octets, rest]), bytes]);
}
