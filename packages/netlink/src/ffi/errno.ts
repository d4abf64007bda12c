import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

const names = new Map<number, string>();
const texts = new Map<number, string>();
for (const [name, number] of Object.entries(constants.errno)) {
  // EWOULDBLOCK and EOPNOTSUPP share their numbers with EAGAIN and ENOTSUP; the manual pages' name wins.
  if (name !== 'EWOULDBLOCK' && name !== 'ENOTSUP') names.set(number, name);
}
for (const [number, [, text]] of getSystemErrorMap()) texts.set(-number, text);

/** Errors of Linux that Node has no name for, with the words of strerror(3). */
const further: readonly (readonly [number: number, name: string, text: string])[] = [
  [64, 'ENONET', 'Machine is not on the network'],
  [65, 'ENOPKG', 'Package not installed'],
  [70, 'ECOMM', 'Communication error on send'],
  [76, 'ENOTUNIQ', 'Name not unique on network'],
  [77, 'EBADFD', 'File descriptor in bad state'],
  [87, 'EUSERS', 'Too many users'],
  [94, 'ESOCKTNOSUPPORT', 'Socket type not supported'],
  [96, 'EPFNOSUPPORT', 'Protocol family not supported'],
  [108, 'ESHUTDOWN', 'Cannot send after transport endpoint shutdown'],
  [109, 'ETOOMANYREFS', 'Too many references: cannot splice'],
  [112, 'EHOSTDOWN', 'Host is down'],
  [117, 'EUCLEAN', 'Structure needs cleaning'],
  [121, 'EREMOTEIO', 'Remote I/O error'],
  [126, 'ENOKEY', 'Required key not available'],
  [132, 'ERFKILL', 'Operation not possible due to RF-kill'],
  // Of the kernel's own, but some drivers let it out.
  [524, 'ENOTSUPP', 'Operation is not supported'],
];
for (const [number, name, text] of further) {
  names.set(number, name);
  texts.set(number, text);
}

/** Spellings of glibc's strerror(3) that differ from libuv's, for the errors that netlink gives most. */
const familiar: Readonly<Record<string, string>> = {
  EEXIST: 'File exists',
  ENODEV: 'No such device',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EINVAL: 'Invalid argument',
  EPERM: 'Operation not permitted',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EOPNOTSUPP: 'Operation not supported',
  ENETUNREACH: 'Network is unreachable',
  EHOSTUNREACH: 'No route to host',
  ENETDOWN: 'Network is down',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ERANGE: 'Numerical result out of range',
  ENOBUFS: 'No buffer space available',
  ENOTCONN: 'Transport endpoint is not connected',
};

/** Name of an error number, as in errno(3): `EEXIST` for 17. Unknown numbers read `E999`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `E${errno}`;
}

/** What an error number means, in the words that `ip` prints. */
export function errnoText(errno: number): string {
  return familiar[errnoName(errno)] ?? texts.get(errno) ?? `error ${errno}`;
}

const numbers = new Map(
  [...names].map(([number, name]) => [errnoText(number), { number, name }] as const),
);

/** The error that a text of strerror(3) stands for, English as the C locale has it; `undefined` for other texts. */
export function errnoOfText(
  text: string,
): { readonly number: number; readonly name: string } | undefined {
  return numbers.get(text);
}
