import type { Netns } from '../namespace/netns.js';

/** How to open a TUN or TAP device. Same as `ip tuntap add`, and attaching to what that has made. */
export interface TunOptions {
  /** `tun` carries IP packets, `tap` Ethernet frames; `tun` by default. */
  readonly mode?: 'tun' | 'tap';
  /** Name of the link, 1 to 15 bytes; the kernel chooses `tun0`, `tun1`, … when it is left out. */
  readonly name?: string;
  /** Namespace that the link is made in; that of the calling thread by default. */
  readonly netns?: Netns;
  /** True to refuse a link that is there already (IFF_TUN_EXCL); else one that nobody is attached to is taken over. */
  readonly exclusive?: boolean;
  /** True to open one of several queues of the link (IFF_MULTI_QUEUE); every handle is one. */
  readonly multiQueue?: boolean;
  /**
   * True to let the link stay when the handle is gone (TUNSETPERSIST), without carrier and with all that refers to it, for the next who
   * opens it; false to let it go. As it was by default: a new one goes.
   */
  readonly persist?: boolean;
}

/** What is told of a device. */
export interface TunReceiver {
  /**
   * A packet (tun) or frame (tap) that the kernel sends into the device. The bytes are a view on a buffer that the next packet
   * is read into: copy what is to be kept.
   */
  readonly onPacket: (packet: Uint8Array) => void;
  /** The device is gone: somebody deleted the link. Nothing comes any more. */
  readonly onEnd?: () => void;
}

/**
 * An open device: what the kernel sends into the link is read here, and what is written here the kernel receives from it. The
 * link goes with the handle, unless it was made to persist.
 */
export interface Tun extends Disposable {
  readonly mode: 'tun' | 'tap';
  /** Name of the link, in the namespace that it was opened in. */
  readonly name: string;
  /**
   * The descriptor, non-blocking: for a thread that reads and writes by itself (`@poplin/netlink/packets`). It belongs to the
   * handle, which closes it.
   */
  readonly fd: number;
  /**
   * Begins to read, from the event loop. Only one receiver at a time; dispose what is returned to pause, and the kernel
   * holds as many packets as the link's queue takes (`txQueueLength`), then drops.
   *
   * @throws {NetlinkError} CLOSED after disposal, EBUSY when there is a receiver.
   */
  receive(receiver: TunReceiver): Disposable;
  /**
   * Hands a packet to the kernel, at once. False when the kernel has no room for it just now: it is dropped, as
   * on any link.
   *
   * @throws {NetlinkError} EIO when the link is down, EINVAL for what is no packet, EBADFD when the link is gone, CLOSED.
   */
  send(packet: Uint8Array): boolean;
}
