import { parseIp } from '@poplin/net';
import type { ThrowawayNamespace } from './throwaway-namespaces.js';

/** Addresses of the two ends of a wire. */
export const client4 = parseIp('192.0.2.1');
export const server4 = parseIp('192.0.2.2');
export const client6 = parseIp('2001:db8::1');
export const server6 = parseIp('2001:db8::2');

/** Joins two hosts by a veth, `a0` in the client and `b0` in the server, both up, with addresses of both families. */
export function wire(client: ThrowawayNamespace, server: ThrowawayNamespace): void {
  const peer = ['peer', 'name', 'b0', 'netns', server.name];
  client.exec('ip', 'link', 'add', 'a0', 'type', 'veth', ...peer);
  for (const [host, link, ip4, ip6] of [
    [client, 'a0', client4, client6],
    [server, 'b0', server4, server6],
  ] as const) {
    host.exec('ip', 'address', 'add', `${ip4}/24`, 'dev', link);
    host.exec('ip', 'address', 'add', `${ip6}/64`, 'dev', link, 'nodad');
    host.exec('ip', 'link', 'set', link, 'up');
  }
}

/**
 * Gives a host a wire to itself: links `a0` and `b0`, both up, `a0` with the client's addresses of both families. Answers with
 * the index of `a0`.
 */
export function wireToSelf(host: ThrowawayNamespace): number {
  host.exec('ip', 'link', 'add', 'a0', 'up', 'type', 'veth', 'peer', 'name', 'b0');
  host.exec('ip', 'link', 'set', 'b0', 'up');
  host.exec('ip', 'address', 'add', `${client4}/24`, 'dev', 'a0');
  host.exec('ip', 'address', 'add', `${client6}/64`, 'dev', 'a0', 'nodad');
  return Number(host.ip('link', 'show', 'a0')[0]?.ifindex);
}
