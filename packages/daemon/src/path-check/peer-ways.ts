import type { KernelState } from '@poplin/backend';
import type { Ip } from '@poplin/net';

/** A peer whose state the kernel was given, for whoever looks whether that works. */
export interface ProgrammedPeer {
  readonly name: string;
  /** Its addresses on the underlay; none when it is gone. */
  readonly addresses: readonly Ip[];
  /** True when its daemon runs, as far as the registry knows. */
  readonly alive: boolean;
  /** Name of the backend at work that reaches it; absent when none does. */
  readonly by?: string;
  /** What that backend wants of the kernel. */
  readonly state: KernelState;
}
