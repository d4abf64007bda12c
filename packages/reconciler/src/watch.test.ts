import { kernelState } from '@poplin/backend';
import { parseMac } from '@poplin/net';
import type { Link, MonitorAction } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { DesiredState } from './desired.js';
import { delayOf } from './look-delay.js';
import { EventFilter } from './watch.js';

const table = { kind: 'nftables', authors: [4711] } as const;

it('waits longer with an event of nftables that may be the echo of an own commit, and with no other', () => {
  const now = performance.now();
  const lost = { kind: 'resync', reason: 'too many' } as const;
  expect(delayOf(table, now)).toBeGreaterThan(delayOf(table, now - 60_000));
  expect(delayOf(lost, now)).toBe(delayOf(table, Number.NEGATIVE_INFINITY));
});

it('has no longer to wait where changes of nftables tell who made them, and looks at those of others alone', () => {
  const isOwn = (thread: number) => thread === 4711;
  expect(delayOf(table, performance.now(), isOwn)).toBe(delayOf(table, Number.NEGATIVE_INFINITY));
  const filter = new EventFilter(new DesiredState(), isOwn);
  expect(filter.reasonToLook(table)).toBeUndefined();
  expect(filter.reasonToLook({ ...table, authors: [4711, 4712] })).toMatch(/ruleset changed/);
  expect(new EventFilter(new DesiredState()).reasonToLook(table)).toMatch(/ruleset changed/);
});

describe('events about a link while it is made', () => {
  const name = 'poplin0';
  const mac = parseMac('0a:58:a9:fe:01:01');
  const bridge = { kind: 'bridge', name, mtu: 1500, mac } as const;
  const old = { name, ifindex: 7, mtu: 1500, up: true } as Link;
  const unfinished: Link = { ...old, ifindex: 8, up: false };

  /** A filter that has been told that the bridge is about to be made. */
  function making(): (action: MonitorAction, link: Link) => string | undefined {
    const desired = new DesiredState();
    const filter = new EventFilter(desired);
    const changes = desired.set('a', kernelState({ links: [bridge] }));
    filter.knowLinks([old]);
    filter.expectMaking(changes, [old]);
    filter.expectGone(old.ifindex);
    return (action, link) => filter.reasonToLook({ kind: 'link', action, link });
  }

  it('are no reason to look when they are of our own making: the old one goes, the new one comes', () => {
    const reason = making();
    expect(reason('del', old)).toBeUndefined();
    expect(reason('new', unfinished)).toBeUndefined();
  });

  it('are one when the new one goes before it is as wanted: that was somebody else', () => {
    const reason = making();
    reason('del', old);
    reason('new', unfinished);
    expect(reason('del', unfinished)).toBe('link poplin0 was deleted');
  });
});
