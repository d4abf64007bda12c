import { parseCidr, parseIp, parseMac } from '@poplin/net';
import type { AttachmentRecord } from '../record.js';

/** A routed pod with one address and nothing special, with these changes. */
export function sampleRecord(changes: Partial<AttachmentRecord> = {}): AttachmentRecord {
  return {
    version: 1,
    containerId: 'c1',
    ifname: 'eth0',
    netns: { path: '/run/netns/p', device: '4', inode: '7' },
    mode: 'routed',
    bridge: 'poplin0',
    hostLink: 'pop0123456789a',
    mac: parseMac('0a:58:0a:f4:00:05'),
    mtu: 1500,
    pathMtu: {},
    mtuAsked: false,
    addresses: addresses('10.244.0.5', '10.244.0.0/26'),
    secondary: false,
    routes: [],
    portMappings: [],
    bandwidth: {},
    hairpin: true,
    isolation: false,
    plainDestinations: [],
    network: 'poplin',
    createdAt: '2026-01-01T00:00:00.000Z',
    callerPid: 0,
    bootId: 'b1',
    ...changes,
  };
}

/** An address out of a block, as a record has it. */
export function addresses(ip: string, block: string): AttachmentRecord['addresses'] {
  return [{ ip: parseIp(ip), block: parseCidr(block), assignedAt: '2026-01-01T00:00:00.000Z' }];
}
