/**
 * One node of the measurement: the backend as a daemon has it, in a process and a namespace of its own. `node daemon.js NUMBER`. Told
 * `measure` it begins to watch its event loop, told `report` it says what it has seen.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { NetworkView, Peer } from '@poplin/backend';
import { type UdpPeerData, udp } from '@poplin/backend-udp';
import { parseCidr, parseIp } from '@poplin/net';
import type { DaemonReport } from './report.js';

const n = Number(process.argv[2]);
const other = 3 - n;
const cidr = parseCidr('192.168.7.0/24');
const view: NetworkView = {
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [{ family: 'ipv4', ip: parseIp(`192.168.7.${n}`), onLink: cidr }],
  },
  pools: [parseCidr('10.244.0.0/16')],
};
const peer: Peer<UdpPeerData> = {
  name: `node${other}`,
  addresses: [parseIp(`192.168.7.${other}`)],
  mtu: 1500,
  blocks: [parseCidr(`10.244.${other}.0/24`)],
  data: { port: 8285 },
};
const say = (facts: unknown, message: string): void => console.error(message, facts);
const running = await udp.start(
  {
    nodeName: `node${n}`,
    nodeId: `id${n}`,
    underlay: view.underlay,
    linkSuffix: '',
    log: { debug: say, info: say, warn: say, error: say },
  },
  { port: 8285 },
);
running.peersChanged?.([peer], view);
const ip = (...args: string[]): Buffer => execFileSync('ip', args);
ip('link', 'set', 'poplin.udp', 'mtu', '1472', 'up');
for (const { dst } of running.planPeer(peer, view).state.routes.slice(0, 1)) {
  ip('route', 'replace', dst, 'dev', 'poplin.udp', 'src', `10.244.${n}.5`);
}
const delay = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (order) => {
  if (order === 'measure') {
    delay.reset();
    delay.enable();
  } else if (order === 'report') {
    delay.disable();
    const ms = (share: number): number => Math.round(delay.percentile(share) / 1e4) / 100;
    const report: DaemonReport = {
      p50: ms(50),
      p99: ms(99),
      max: Math.round(delay.max / 1e4) / 100,
      counters: running.counters?.() ?? {},
    };
    process.send?.(report);
  } else {
    void running.stop().then(() => process.disconnect());
  }
});
process.send?.('ready');
