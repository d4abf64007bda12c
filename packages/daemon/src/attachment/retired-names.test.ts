import { beforeEach, describe, expect, it } from 'vitest';
import { hostLinkName } from './identity.js';
import { type RetiredInterface, RetiredNames } from './retired-names.js';
import { sampleRecord } from './testing/sample-record.js';

const here = { device: '4', inode: '7' };
const elsewhere = { device: '4', inode: '8' };

function retired(containerId: string, ifname: string, netns = here): RetiredInterface {
  const key = { containerId, ifname };
  const record = sampleRecord({
    ...key,
    netns: { path: '/run/netns/p', ...netns },
    hostLink: hostLinkName(key),
  });
  return { record, ends: { host: 70, pod: 2 } };
}

const first = retired('c1', 'eth0');
const neighbour = retired('c1', 'net1');
const other = retired('c2', 'eth0', elsewhere);

let names: RetiredNames;
beforeEach(() => {
  names = new RetiredNames();
  for (const one of [first, neighbour, other]) names.add(one);
});

describe('in the way of a new interface', () => {
  it('is every retired one in its namespace, whatever its name', () => {
    const key = { containerId: 'c3', ifname: 'eth0' };
    expect(names.takeAtPlace(key, here)).toEqual([first, neighbour]);
  });

  it('is that of the same container and name, wherever it is', () => {
    expect(
      names.takeAtPlace({ containerId: 'c2', ifname: 'eth0' }, { ...here, inode: '9' }),
    ).toEqual([other]);
  });

  it('is one once, though it has both the name and the namespace', () => {
    expect(names.takeAtPlace(other.record, elsewhere)).toEqual([other]);
  });

  it('is only that of the same container and name where no namespace is given', () => {
    expect(names.takeAtPlace(first.record, undefined)).toEqual([first]);
    expect(names.takeAtPlace({ containerId: 'c3', ifname: 'eth0' }, undefined)).toEqual([]);
  });

  it('is nothing in another namespace', () => {
    const key = { containerId: 'c3', ifname: 'eth0' };
    expect(names.takeAtPlace(key, { ...here, device: '5' })).toEqual([]);
    expect(names.size).toBe(3);
  });
});

it('what was taken, or has gone, is not there any more', () => {
  names.takeAtPlace(first.record, here);
  expect(names.size).toBe(1);
  names.delete(first);
  names.delete(other);
  names.delete(other);
  expect(names.size).toBe(0);
  expect(names.takeAtPlace(first.record, here)).toEqual([]);
});

it('an earlier one of the same container does not go with a later one', () => {
  const again = retired('c1', 'eth0');
  names.add(again);
  names.delete(first);
  expect(names.takeAtPlace(first.record, here)).toEqual([again, neighbour]);
});
