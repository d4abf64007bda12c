import { type Ip, ipFromBytes, type Mac } from '@poplin/net';
import type { AttributeWriter } from '../../codec/attribute-writer.js';
import type { Attributes } from '../../codec/attributes.js';
import { decodeError, invalidArgument } from '../../error.js';
import { checkNumber } from '../encode-request.js';
import type { Names } from '../names.js';

/** What is being written, for the words of a refusal: `add link br0 (bridge): priority is a number from …`. */
export interface Writing {
  readonly operation: string;
  /** Name of the option. */
  readonly name: string;
}

/** How one option is read; `undefined` when the kernel did not tell it. Throws DECODE for a wrong length. */
export interface Reader<T> {
  read(data: Attributes): T | undefined;
}

/** One option as attributes: how it is written, how it is read. Writing throws INVALID_ARGUMENT. */
export interface Field<T> extends Reader<T> {
  write(data: AttributeWriter, value: T, writing: Writing): void;
}

/** A field for every option of `T`: the one table by which options are written and read. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> };

/** The same for what can only be read. */
export type Readers<T> = { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> };

/** Writes the options that are given. @throws {NetlinkError} INVALID_ARGUMENT for one out of range. */
export function writeFields<T extends object>(
  operation: string,
  data: AttributeWriter,
  fields: Fields<T>,
  values: T,
): void {
  for (const name in fields) {
    const value = values[name] as Exclude<T[typeof name], undefined> | undefined;
    if (value !== undefined) fields[name].write(data, value, { operation, name });
  }
}

/** Reads the options that the kernel told. @throws {NetlinkError} DECODE. */
export function readFields<T extends object>(data: Attributes, fields: Readers<T>): Partial<T> {
  const values: Partial<T> = {};
  for (const name in fields) {
    const value = fields[name].read(data);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** A number of one byte. */
export const u8 = (type: number, max = 0xff): Field<number> => ({
  write: (data, value, writing) => data.u8(type, within(writing, value, max)),
  read: (data) => data.u8(type),
});

/** A number of two bytes, host order. */
export const u16 = (type: number, max = 0xffff): Field<number> => ({
  write: (data, value, writing) => data.u16(type, within(writing, value, max)),
  read: (data) => data.u16(type),
});

/** A number of four bytes, host order. */
export const u32 = (type: number, max = 0xffff_ffff): Field<number> => ({
  write: (data, value, writing) => data.u32(type, within(writing, value, max)),
  read: (data) => data.u32(type),
});

/** A number of two bytes, network order. */
export const be16 = (type: number, max = 0xffff): Field<number> => ({
  write: (data, value, writing) => data.be16(type, within(writing, value, max)),
  read: (data) => data.be16(type),
});

/** A number of four bytes, network order. */
export const be32 = (type: number, max = 0xffff_ffff): Field<number> => ({
  write: (data, value, writing) => data.be32(type, within(writing, value, max)),
  read: (data) => data.be32(type),
});

/** Yes or no as a one or a zero; `number` says of how many bytes. */
export const flag = (number: Field<number>): Field<boolean> => ({
  write: (data, value, writing) => number.write(data, value ? 1 : 0, writing),
  read: (data) => mapped(number.read(data), (value) => value !== 0),
});

/** Yes or no by being there. The kernel has no way to say no afterwards. */
export const presence = (type: number): Field<boolean> => ({
  write: (data, value) => void (value && data.flag(type)),
  read: (data) => data.has(type),
});

/** A word for a number. A number that has none is left out. */
export const word = <Name extends string>(
  number: Field<number>,
  names: Names<Name>,
): Field<Name> => ({
  write(data, value, writing) {
    const known: number | undefined = names.numberOf(value);
    if (known === undefined) {
      throw invalidArgument(writing.operation, `${writing.name} cannot be "${value}"`);
    }
    number.write(data, known, writing);
  },
  read: (data) => names.nameOf(number.read(data)),
});

/** Index of a link; the kernel's 0 stands for none. */
export const ifindex = (type: number): Field<number> => ({
  write: (data, value, { operation, name }) =>
    data.u32(type, checkNumber(operation, name, value, 0, 0x7fff_ffff)),
  read: (data) => data.u32(type) || undefined,
});

/** An Ethernet address. */
export const mac = (type: number): Field<Mac> => ({
  write: (data, value) => data.mac(type, value),
  read: (data) => data.mac(type),
});

/** An address of one family. The unspecified one, which stands for none, is left out. */
export const ip = (type: number): Field<Ip> => ({
  write: (data, value) => data.ip(type, value),
  read(data) {
    const bytes = data.bytes(type);
    if (!bytes?.some((byte) => byte !== 0)) return undefined;
    if (bytes.length === 4 || bytes.length === 16) return ipFromBytes(bytes);
    throw decodeError('link', `attribute ${type} is no address: it has ${bytes.length} bytes`);
  },
});

/** A duration in seconds, which the kernel counts in hundredths (clock_t, whatever its own tick), in four bytes. */
export const seconds32 = (type: number): Field<number> => ({
  write: (data, value, writing) => data.u32(type, hundredths(writing, value, 0xffff_ffff)),
  read: (data) => mapped(data.u32(type), (ticks) => ticks / 100),
});

/** The same in eight bytes. */
export const seconds64 = (type: number): Field<number> => ({
  write: (data, value, writing) =>
    data.u64(type, BigInt(hundredths(writing, value, Number.MAX_SAFE_INTEGER))),
  read: (data) => mapped(data.u64(type), (ticks) => Number(ticks) / 100),
});

/** What another reader reads, made into something else. */
export function mapped<A, B>(value: A | undefined, to: (value: A) => B): B | undefined {
  return value === undefined ? undefined : to(value);
}

function within({ operation, name }: Writing, value: number, max: number): number {
  return checkNumber(operation, name, value, 0, max);
}

function hundredths({ operation, name }: Writing, seconds: number, max: number): number {
  const ticks = Math.round(100 * seconds);
  if (ticks >= 0 && ticks <= max) return ticks;
  throw invalidArgument(
    operation,
    `${name} is a time from 0 to ${Math.floor(max / 100)} seconds, not ${seconds}`,
  );
}
