/**
 * Symbols of HPACK's Huffman code by the length of their codes, bits: RFC 7541, Appendix B. The code is canonical: codes of one length are
 * counted up in the order of the symbols, and go on where those of the length before end. Left out is what takes more than 15 bits: control
 * characters, the backslash, and what is not ASCII, none of which gRPC has in a header.
 */
const symbols: Readonly<Record<number, string>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
};

const longest = 15;

/** For each length: the first code, and its symbols in order. */
const codes: readonly { readonly first: number; readonly symbols: string }[] = (() => {
  let next = 0;
  return Array.from({ length: longest + 1 }, (_, length) => {
    next *= 2;
    const first = next;
    const ofLength = symbols[length] ?? '';
    next += ofLength.length;
    return { first, symbols: ofLength };
  });
})();

/**
 * Decodes a string in HPACK's Huffman code.
 *
 * @returns `undefined` when it has a symbol that is left out here, or ends otherwise than RFC 7541, section 5.2 says: in fewer than eight
 *   bits, all ones.
 */
export function decodeHuffman(bytes: Uint8Array): string | undefined {
  let text = '';
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      length++;
      const known = codes[length];
      if (!known) return undefined;
      const place = code - known.first;
      if (place >= known.symbols.length) continue;
      text += known.symbols[place];
      code = 0;
      length = 0;
    }
  }
  const isPadding = length < 8 && code === (1 << length) - 1;
  return isPadding ? text : undefined;
}
