import { familyOf, type Ip } from '@poplin/net';
import { type Field, ip } from '../fields.js';

/** An address that has an attribute of its own for each family. */
export function ipOfEither(type4: number, type6: number): Field<Ip> {
  const [v4, v6] = [ip(type4), ip(type6)];
  return {
    write: (data, value, writing) =>
      (familyOf(value) === 'ipv4' ? v4 : v6).write(data, value, writing),
    read: (data) => v4.read(data) ?? v6.read(data),
  };
}
