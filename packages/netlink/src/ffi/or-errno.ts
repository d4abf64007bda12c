import koffi from 'koffi';

/** The result of a function of libc, or the number of the error that it left in `errno`, negated. To be called right behind it. */
export function orErrno(result: number): number {
  return result < 0 ? -koffi.errno() : result;
}
