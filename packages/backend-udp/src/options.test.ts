import { expect, it } from 'vitest';
import { udpOptions } from './options.js';
import { udpPeerData } from './peer-data.js';

it("has flannel's port by default, and no MTU of its own", () => {
  expect(udpOptions.parse({})).toEqual({ port: 8285 });
  expect(udpOptions.parse({ port: 9000, mtu: 1400 })).toEqual({ port: 9000, mtu: 1400 });
});

it('refuses what is unknown or out of range, and says what may be written', () => {
  for (const [options, words] of [
    [{ port: 0 }, /1 to 65535/],
    [{ port: 1.5 }, /1 to 65535/],
    [{ port: '8285' }, /1 to 65535/],
    [{ mtu: 575 }, /576 to 65507/],
    [{ mtu: 70_000 }, /576 to 65507/],
    [{ vni: 1 }, /vni/],
  ] as const) {
    const { error } = udpOptions.safeParse(options);
    expect(error?.issues[0]?.message).toMatch(words);
  }
});

it('takes the port of a peer, drops what a newer version has, and refuses the rest', () => {
  expect(udpPeerData.parse({ port: 1, key: 'x' })).toEqual({ port: 1 });
  for (const data of [{}, { port: 0 }, { port: 65_536 }, { port: '1' }, null, []]) {
    expect(udpPeerData.safeParse(data).success, JSON.stringify(data)).toBe(false);
  }
});
