import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Bytes of the FileDescriptorSet of Poplin's API, as `buf build` makes it. */
export function readApiDescriptors(): Uint8Array {
  return readFileSync(createRequire(import.meta.url).resolve('@poplin/api/descriptors'));
}

/** Tag of the only field of google.protobuf.FileDescriptorSet: `repeated FileDescriptorProto file = 1`. */
const fileTag = 0x0a;

/**
 * Splits a google.protobuf.FileDescriptorSet into its files, each still encoded.
 *
 * @throws {RangeError} when the bytes are no such set.
 */
export function splitDescriptorSet(set: Uint8Array): Buffer[] {
  const bytes = Buffer.from(set.buffer, set.byteOffset, set.byteLength);
  const files: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== fileTag) {
      throw new RangeError(`no FileDescriptorSet: unexpected field at byte ${at}`);
    }
    const { value: length, next } = readVarint(bytes, at + 1);
    at = next + length;
    if (at > bytes.length) throw new RangeError('no FileDescriptorSet: it ends inside a file');
    files.push(bytes.subarray(next, at));
  }
  return files;
}

/** A varint of at most 28 bits: no .proto file is longer than 256 MiB. */
function readVarint(bytes: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value, next: start + i + 1 };
  }
  throw new RangeError(`no FileDescriptorSet: bad length at byte ${start}`);
}
