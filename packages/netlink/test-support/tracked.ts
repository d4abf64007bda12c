import { once } from 'node:events';
import { openUdp } from '../src/sockets/udp.js';
import type { ThrowawayNamespace } from './throwaway-namespaces.js';
import { server4, wire } from './wire.js';

/** Two hosts on a wire; the client tracks connections, marks those to port 7777, and redirects port 80 to 8080. */
export function tracked(client: ThrowawayNamespace, server: ThrowawayNamespace): void {
  wire(client, server);
  client.exec('sysctl', '-qw', 'net.netfilter.nf_conntrack_acct=1');
  client.exec(
    'nft',
    `table inet t {
      chain track_all { type filter hook output priority 0; ct state new accept; }
      chain marking { type filter hook output priority -150; udp dport 7777 ct mark set 0x2a; }
      chain redirecting { type nat hook output priority -100; udp dport 80 dnat ip to 192.0.2.2:8080; }
    }`,
  );
}

/** Sends one datagram from the client. */
export async function sendUdp(
  client: ThrowawayNamespace,
  local: number,
  port: number,
  to: string = server4,
): Promise<void> {
  const family = to.includes(':') ? 'ipv6' : 'ipv4';
  const socket = await openUdp({ netns: client.netns, family, local: { port: local } });
  await new Promise((resolve) => socket.send('x', port, to, resolve));
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}

/** What `conntrack -L` says, a line per entry. */
export function told(host: ThrowawayNamespace, ...options: string[]): string[] {
  return host
    .exec('sh', '-c', `conntrack -L ${options.join(' ')} 2>/dev/null`)
    .split('\n')
    .filter((line) => line !== '');
}

/** What `conntrack -L -o xml` says of each entry, in our words. */
export function toldInXml(host: ThrowawayNamespace, family: 'ipv4' | 'ipv6'): object[] {
  const xml = host.exec('sh', '-c', `conntrack -L -f ${family} -o xml 2>/dev/null`);
  return [...xml.matchAll(/<flow>.*?<\/flow>/g)].map(([flow]) => {
    const [original = '', reply = '', rest = ''] = flow.split('<meta ').slice(1);
    const counters = { original: xmlCounters(original), reply: xmlCounters(reply) };
    return {
      family,
      original: xmlTuple(original),
      reply: xmlTuple(reply),
      protocolName: /layer4 protonum="\d+" protoname="(\w+)"/.exec(original)?.[1],
      id: xmlNumber(rest, 'id'),
      mark: xmlNumber(rest, 'mark'),
      zone: xmlNumber(rest, 'zone') ?? 0,
      assured: rest.includes('<assured/>'),
      ...(counters.original && counters.reply ? { counters } : {}),
      ...(rest.includes('<state>') ? { tcpState: /<state>(\w+)/.exec(rest)?.[1] } : {}),
    };
  });
}

function xmlNumber(xml: string, name: string): number | undefined {
  const text = new RegExp(`<${name}>(\\d+)<`).exec(xml)?.[1];
  return text === undefined ? undefined : Number(text);
}

function xmlTuple(xml: string): object {
  const [sourcePort, destinationPort, zone, id] = ['sport', 'dport', 'zone', 'id'].map((name) =>
    xmlNumber(xml, name),
  );
  return {
    source: /<src>([^<]+)/.exec(xml)?.[1],
    destination: /<dst>([^<]+)/.exec(xml)?.[1],
    protocol: Number(/layer4 protonum="(\d+)"/.exec(xml)?.[1]),
    ...(sourcePort === undefined ? {} : { sourcePort, destinationPort }),
    ...(zone === undefined ? {} : { zone }),
    ...(id === undefined
      ? {}
      : { icmp: { id, type: xmlNumber(xml, 'type'), code: xmlNumber(xml, 'code') } }),
  };
}

function xmlCounters(xml: string): object | undefined {
  const counted = /<packets>(\d+)<\/packets><bytes>(\d+)/.exec(xml);
  return counted ? { packets: BigInt(counted[1] ?? 0), bytes: BigInt(counted[2] ?? 0) } : undefined;
}
