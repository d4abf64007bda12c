import { fileCalls } from '../ffi/file-calls.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { makeNetnsHere } from '../namespace/make-here.js';
import { executeNftables } from '../nftables/execute.js';
import { nftLibrary } from '../nftables/library.js';
import { exchange, exchangeInOrder } from '../socket/exchange.js';
import type { JobKind, Jobs } from './job.js';

type Work = {
  readonly [K in JobKind]: (input: Jobs[K]['input'], syscalls: Syscalls) => Jobs[K]['result'];
};

/** What is done for each kind of job. Every one answers with the kernel's refusal instead of throwing it. */
const work: Work = {
  exchange: (input, syscalls) => exchange(syscalls, input),
  exchanges: (input, syscalls) => exchangeInOrder(syscalls, input),
  nftables: (input) => executeNftables(nftLibrary(), input),
  write: ({ fd, bytes }) => fileCalls().write(fd, bytes),
  ioctl: ({ fd, request, structure }) => ({
    result: fileCalls().ioctl(fd, request, structure),
    structure,
  }),
  makeNetns: () => makeNetnsHere(),
};

/** Carries a job out on the calling thread, which waits for it. */
export function carryOut<K extends JobKind>(
  kind: K,
  input: Jobs[K]['input'],
  syscalls: Syscalls,
): Jobs[K]['result'] {
  return work[kind](input, syscalls);
}
