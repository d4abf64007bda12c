/** Bytes of a nonce: nobody who does not see the question can guess the answer. */
export const nonceLength = 16;

const magic = Buffer.from('PoplinPC');

/** Bytes of the shortest message. */
export const headerLength = magic.length + 1 + nonceLength;

/** Questions and answers differ: an answer that is sent to somebody who answers is not answered again. */
export type MessageKind = 'question' | 'answer';

const kindBytes: Readonly<Record<MessageKind, number>> = { question: 1, answer: 2 };

/** A message of the path check: magic, kind, nonce, and zeros up to the length, bytes. */
export function encodeMessage(kind: MessageKind, nonce: Uint8Array, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(length, headerLength));
  magic.copy(bytes);
  bytes[magic.length] = kindBytes[kind];
  bytes.set(nonce, magic.length + 1);
  return bytes;
}

/** The nonce of a message of a kind; undefined when the bytes are anything else. */
export function nonceOf(kind: MessageKind, bytes: Uint8Array): Buffer | undefined {
  if (bytes.length < headerLength) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!view.subarray(0, magic.length).equals(magic)) return undefined;
  if (view[magic.length] !== kindBytes[kind]) return undefined;
  return view.subarray(magic.length + 1, headerLength);
}

/** The answer to a question, of the same length; undefined when the bytes are no question. */
export function answerTo(bytes: Uint8Array): Buffer | undefined {
  const nonce = nonceOf('question', bytes);
  return nonce && encodeMessage('answer', nonce, bytes.length);
}
