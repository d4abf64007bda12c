import { closeSync, constants, openSync } from 'node:fs';
import { closedError, kernelError, NetlinkError } from '../error.js';
import { EAGAIN, EINTR } from '../ffi/constants.js';
import { type FileCalls, fileCalls } from '../ffi/file-calls.js';
import { fileError } from '../ffi/file-error.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { openWakeup, type Wakeup } from '../socket/wakeup.js';
import { type BlockingThread, blockingThread } from '../thread/thread.js';
import { decodeTunName, encodeTunRequest, TUNSETIFF, TUNSETPERSIST } from './request.js';
import type { Tun, TunOptions, TunReceiver } from './types.js';

const DEVICE = '/dev/net/tun';
/** The longest packet of IP. */
const MAX_PACKET = 65_536;
/** Packets per turn of the event loop, so that a flood leaves room for others. */
const PACKETS_PER_TURN = 256;

/**
 * Opens a TUN or TAP device, which makes its link unless it is there. The link is down and has no address.
 *
 * @throws {NetlinkError} EPERM without CAP_NET_ADMIN, EBUSY when somebody is attached to it or `exclusive` finds it there,
 * EINVAL when a link of that name is something else, ENOENT when the kernel has no TUN, INVALID_ARGUMENT.
 * @param thread who waits for RTNL, for tests.
 */
export async function openTun(
  options: TunOptions = {},
  thread: BlockingThread = blockingThread(),
): Promise<Tun> {
  const { mode = 'tun', name = 'of the next free name', netns } = options;
  const operation = `open ${mode} device ${name}`;
  const request = encodeTunRequest(operation, options);
  // The link is made in the namespace that the opener of the file is in, whoever makes the call.
  const open = (): number => openSync(DEVICE, constants.O_RDWR | constants.O_NONBLOCK);
  let fd: number;
  try {
    fd = netns ? runInNetns(netns, open) : open();
  } catch (error) {
    throw fileError(operation, error);
  }
  const { result, structure } = await thread.run('ioctl', {
    fd,
    request: TUNSETIFF,
    structure: request,
  });
  if (result < 0) {
    closeSync(fd);
    throw kernelError(operation, -result);
  }
  const device = new Device(fd, mode, decodeTunName(structure));
  if (options.persist !== undefined) setPersist(device, options.persist);
  return device;
}

/** Says whether the link outlives its handle. Never waits: the kernel sets a flag. */
function setPersist(device: Device, persist: boolean): void {
  const result = fileCalls().ioctlWithNumber(device.fd, TUNSETPERSIST, persist ? 1 : 0);
  if (result >= 0) return;
  device[Symbol.dispose]();
  throw kernelError(`make ${device.name} ${persist ? 'persist' : 'go with its handle'}`, -result);
}

/**
 * | state | what happens | goes to |
 * |---|---|---|
 * | idle | `receive` | reading |
 * | reading | its disposal | idle |
 * | reading | the kernel says that the link is gone | ended |
 * | any | disposal of the device | closed |
 */
class Device implements Tun {
  readonly mode: 'tun' | 'tap';
  readonly name: string;
  readonly #calls: FileCalls = fileCalls();
  readonly #buffer = new Uint8Array(MAX_PACKET);
  #fd: number;
  #wakeup: Wakeup | undefined;

  constructor(fd: number, mode: 'tun' | 'tap', name: string) {
    this.#fd = fd;
    this.mode = mode;
    this.name = name;
  }

  get fd(): number {
    return this.#open('descriptor of');
  }

  receive(receiver: TunReceiver): Disposable {
    const fd = this.#open('receive from');
    if (this.#wakeup) {
      throw new NetlinkError('EBUSY', `receive from ${this.name}`, 'there is a receiver already');
    }
    const wakeup = openWakeup(fd, () => this.#drain(receiver, wakeup));
    this.#wakeup = wakeup;
    return { [Symbol.dispose]: () => this.#pause(wakeup) };
  }

  send(packet: Uint8Array): boolean {
    const fd = this.#open('send to');
    for (;;) {
      const result = this.#calls.write(fd, packet);
      if (result >= 0) return true;
      if (result === -EAGAIN) return false;
      if (result !== -EINTR) throw kernelError(`send to ${this.name}`, -result);
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    if (this.#wakeup) this.#pause(this.#wakeup);
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #open(verb: string): number {
    if (this.#fd < 0) throw closedError(`${verb} ${this.name}`, 'device');
    return this.#fd;
  }

  #pause(wakeup: Wakeup): void {
    if (this.#wakeup !== wakeup) return;
    this.#wakeup = undefined;
    wakeup.close();
  }

  /** A receiver may pause or close the device in the middle, so each round asks anew whether it still reads. */
  #drain(receiver: TunReceiver, wakeup: Wakeup): void {
    for (let i = 0; i < PACKETS_PER_TURN && this.#wakeup === wakeup; i++) {
      const length = this.#calls.read(this.#fd, this.#buffer);
      if (length === -EAGAIN) return;
      if (length >= 0) receiver.onPacket(this.#buffer.subarray(0, length));
      else if (length !== -EINTR) {
        this.#pause(wakeup);
        receiver.onEnd?.();
      }
    }
  }
}
