import { kernelState } from '@poplin/backend';
import type { Link, MonitorAction } from '@poplin/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { DesiredState } from '../desired.js';
import { EventFilter } from '../watch.js';

const link = 'pop0123456789a';
const fromPod = { rate: 8_000_000, burst: 65_536 };

let desired: DesiredState;
let filter: EventFilter;
beforeEach(() => {
  desired = new DesiredState();
  filter = new EventFilter(desired);
  desired.set('a', kernelState({ shapings: [{ link, fromPod }] }));
});

const reason = (action: MonitorAction, up: boolean) =>
  filter.reasonToLook({
    kind: 'link',
    action,
    link: { name: 'pbw0123456789a', ifindex: 7, mtu: 1500, up } as Link,
  });

describe('an event about the ifb link of a limit', () => {
  it('is no reason to look while it is made', () => {
    expect(reason('new', false)).toBeUndefined();
    expect(reason('new', true)).toBeUndefined();
  });

  it('is one when it goes down or is deleted: nothing comes from the pod then', () => {
    reason('new', true);
    expect(reason('new', false)).toMatch(/pbw0123456789a/);
    expect(reason('del', false)).toMatch(/pbw0123456789a/);
  });

  it('is none when nobody wants the limit any more', () => {
    reason('new', true);
    desired.set('a', kernelState({}));
    expect(reason('new', false)).toBeUndefined();
    expect(reason('del', false)).toBeUndefined();
  });
});
