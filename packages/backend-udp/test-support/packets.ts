import { familyOf, type Ip, ipToBytes, parseIp } from '@poplin/net';

/** What a packet is made of. */
export interface PacketParts {
  readonly source: string;
  readonly destination: string;
  /** Time to live or hop limit; 64 by default. */
  readonly ttl?: number;
  readonly protocol?: number;
  readonly payload?: Uint8Array;
  /** IPv4: flags and fragment offset; "don't fragment" by default. */
  readonly fragment?: number;
  /** IPv4: options, a multiple of four bytes. */
  readonly options?: Uint8Array;
}

const UDP = 17;

/** A packet with everything in it right. */
export function packet(parts: PacketParts): Uint8Array {
  const [source, destination] = [parseIp(parts.source), parseIp(parts.destination)];
  return familyOf(source) === 'ipv4'
    ? packet4(source, destination, parts)
    : packet6(source, destination, parts);
}

function packet4(source: Ip, destination: Ip, parts: PacketParts): Uint8Array {
  const { ttl = 64, protocol = UDP, payload = new Uint8Array(8), fragment = 0x4000 } = parts;
  const { options = new Uint8Array(0) } = parts;
  const header = Buffer.alloc(20 + options.length);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt16BE(0x1234, 4);
  header.writeUInt16BE(fragment, 6);
  header[8] = ttl;
  header[9] = protocol;
  header.set(ipToBytes(source), 12);
  header.set(ipToBytes(destination), 16);
  header.set(options, 20);
  header.writeUInt16BE(headerChecksum(header), 10);
  return Uint8Array.from([...header, ...payload]);
}

function packet6(source: Ip, destination: Ip, parts: PacketParts): Uint8Array {
  const { ttl = 64, protocol = UDP, payload = new Uint8Array(8) } = parts;
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payload.length, 4);
  header[6] = protocol;
  header[7] = ttl;
  header.set(ipToBytes(source), 8);
  header.set(ipToBytes(destination), 24);
  return Uint8Array.from([...header, ...payload]);
}

/** The checksum of a header whose own field counts as zero, computed the plainest way (RFC 791 §3.1). */
export function headerChecksum(header: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) {
    if (i !== 10) sum += (header[i] ?? 0) * 256 + (header[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}
