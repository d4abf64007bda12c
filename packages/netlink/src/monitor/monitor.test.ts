import { describe, expect, it } from 'vitest';
import { realMessages } from '../../test-support/corpus.js';
import {
  datagram,
  type FakeKernel,
  fakeKernel,
  type Waiting,
} from '../../test-support/fake-kernel.js';
import { ENOBUFS } from '../ffi/constants.js';
import { RTM } from '../rtnetlink/message-types.js';
import { NEWGEN } from './generation.js';
import { monitorOver } from './monitor.js';
import type { MonitorEvent, MonitorGroup } from './types.js';

/** A monitor on a fake kernel that is woken by hand. */
function listening(groups: readonly MonitorGroup[] = ['link']) {
  const kernel: FakeKernel = fakeKernel();
  const events: MonitorEvent[] = [];
  let wake = (): void => undefined;
  let watching = 0;
  const monitor = monitorOver(
    {
      syscalls: kernel,
      openWakeup(_fd, drain) {
        wake = drain;
        watching += 1;
        return { kind: 'timer', close: () => void watching-- };
      },
    },
    groups,
    (event) => events.push(event),
  );
  return { kernel, events, monitor, wake: () => wake(), watching: () => watching };
}

const [, bridge, veth] = realMessages('link');
const link = (body: Uint8Array | undefined, type: number = RTM.NEWLINK): Waiting =>
  datagram({ type, flags: 0, sequence: 0, body: body ?? new Uint8Array() });

describe('a monitor', () => {
  it('tells what the kernel tells, in order', () => {
    const { kernel, events, wake } = listening();
    kernel.push(link(bridge), link(veth, RTM.DELLINK));
    wake();
    expect(events).toMatchObject([
      { kind: 'link', action: 'new', link: { name: 'poplin0' } },
      { kind: 'link', action: 'del', link: { name: 'pop0123456789a' } },
    ]);
  });

  it('drops what another process sent', () => {
    const { kernel, events, wake } = listening();
    kernel.push({ ...(link(bridge) as { bytes: Uint8Array }), port: 4711 });
    wake();
    expect(events).toEqual([]);
  });

  it('says resync once, when the queue is empty, and nothing of what was left in it', () => {
    const { kernel, events, wake } = listening();
    kernel.push(link(bridge), { errno: ENOBUFS }, link(veth), { errno: ENOBUFS }, link(veth));
    wake();
    expect(events).toMatchObject([
      { kind: 'link', link: { name: 'poplin0' } },
      { kind: 'resync', reason: 'the receive buffer was full' },
    ]);
    kernel.push(link(veth));
    wake();
    expect(events).toHaveLength(3);
  });

  it('says resync when receiving fails, and tries again at the next wake-up, not before', () => {
    const { kernel, events, wake } = listening();
    const EIO = 5;
    kernel.push({ errno: EIO }, link(bridge));
    wake();
    expect(events).toEqual([{ kind: 'resync', reason: 'receive failed: EIO' }]);
    wake();
    expect(events).toMatchObject([{ kind: 'resync' }, { kind: 'link' }]);
  });

  it('says resync for an event that it cannot read', () => {
    const { kernel, events, wake } = listening();
    kernel.push(link(bridge?.subarray(0, 30)));
    kernel.push({ bytes: Uint8Array.of(1, 2, 3) });
    wake();
    expect(events).toMatchObject([{ kind: 'resync', reason: expect.stringContaining('decode') }]);
  });

  it('reads a flood in several turns', async () => {
    const { kernel, events, wake } = listening();
    kernel.push(...Array.from({ length: 1000 }, () => link(bridge)));
    wake();
    expect(events).toHaveLength(256);
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(events).toHaveLength(1000);
  });

  it('sums up changes of nftables', () => {
    const { kernel, events, wake } = listening(['nftables']);
    const [generation] = realMessages('generation');
    const again = Uint8Array.from(generation ?? []);
    // The last four bytes of NFTA_GEN_PROC_PID.
    again.set([0, 0, 0, 7], 16);
    kernel.push(link(bridge), link(generation, NEWGEN), link(generation, NEWGEN));
    kernel.push(link(again, NEWGEN));
    wake();
    expect(events).toEqual([{ kind: 'nftables', authors: [0x539d, 7] }]);
  });

  it('has one socket per netlink family, and closes them all', () => {
    const { kernel, monitor, watching } = listening(['link', 'ipv4-route', 'nftables', 'link']);
    expect([kernel.open.size, watching()]).toEqual([2, 2]);
    monitor[Symbol.dispose]();
    expect([kernel.open.size, watching()]).toEqual([0, 0]);
  });

  it('tells nothing any more when a receiver disposes it', () => {
    const kernel = fakeKernel();
    const events: MonitorEvent[] = [];
    let wake = (): void => undefined;
    const openWakeup = (_fd: number, drain: () => void) => {
      wake = drain;
      return { kind: 'timer', close() {} } as const;
    };
    const monitor = monitorOver({ syscalls: kernel, openWakeup }, ['link'], (event) => {
      events.push(event);
      monitor[Symbol.dispose]();
    });
    kernel.push(link(bridge), link(veth));
    wake();
    expect(events).toHaveLength(1);
  });

  it('leaves no socket open when a group cannot be joined', () => {
    const kernel: FakeKernel = { ...fakeKernel(), setSocketOption: () => -1 };
    expect(() =>
      monitorOver(
        { syscalls: kernel, openWakeup: () => ({ kind: 'timer', close() {} }) },
        ['link'],
        () => undefined,
      ),
    ).toThrow(expect.objectContaining({ code: 'EPERM' }));
    expect(kernel.open.size).toBe(0);
  });
});
