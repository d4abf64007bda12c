import type { NftJob, NftResult } from '../nftables/execute.js';
import type {
  Exchange,
  ExchangeResult,
  StepExchange,
  TimedExchangeResult,
} from '../socket/exchange.js';

/**
 * Work that may wait inside the kernel for the RTNL lock, a grace period or another namespace's clean-up. What goes in
 * and comes out is plain data, so that a job can be handed to another thread. Descriptors and pointers are numbers
 * that every thread of the process understands; whoever hands in a job keeps them open until it has ended.
 */
export interface Jobs {
  /** Sends a netlink datagram and takes what the kernel answers. */
  readonly exchange: { readonly input: Exchange; readonly result: ExchangeResult };
  /** Several exchanges, in order; `undefined` for those that were left out because of an earlier one's refusal. */
  readonly exchanges: {
    readonly input: readonly StepExchange[];
    readonly result: readonly (TimedExchangeResult | undefined)[];
  };
  /** Runs commands in a libnftables context. */
  readonly nftables: { readonly input: NftJob; readonly result: NftResult };
  /** write(2). The result is how many bytes were written, or the error's number, negated. */
  readonly write: {
    readonly input: { readonly fd: number; readonly bytes: Uint8Array };
    readonly result: number;
  };
  /** ioctl(2) with a structure in and out. `result` is that of the call, or the error's number, negated. */
  readonly ioctl: {
    readonly input: {
      readonly fd: number;
      readonly request: number;
      readonly structure: Uint8Array;
    };
    readonly result: { readonly result: number; readonly structure: Uint8Array };
  };
  /** Makes a network namespace. The result is a descriptor of it, or the error's number, negated. */
  readonly makeNetns: { readonly input: undefined; readonly result: number };
}

/** The name of a kind of job. */
export type JobKind = keyof Jobs;
