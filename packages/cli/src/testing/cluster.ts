import { status } from '@grpc/grpc-js';
import {
  Address,
  ApplyConfigResponse,
  Attachment,
  type AttachmentServiceServer,
  AttachmentServiceService,
  Block,
  type ConfigServiceServer,
  ConfigServiceService,
  ExplainRouteResponse,
  GetStatusResponse,
  type IpamServiceServer,
  IpamServiceService,
  ListPeersResponse,
  Node,
  type NodeServiceServer,
  NodeServiceService,
  Peer,
} from '@poplin/api';
import { refusal, type StandIn, startStandIn } from './stand-in.js';

/** A stand-in that knows a small cluster and keeps the requests that it got. */
export interface Cluster extends StandIn {
  readonly requests: unknown[];
}

const longAgo = { seconds: 1_700_000_000n, nanos: 0 };

/** Starts a daemon with one block, one address, three nodes and two attachments on a page each. */
export async function startCluster(): Promise<Cluster> {
  const requests: unknown[] = [];
  const standIn = await startStandIn([
    [NodeServiceService, nodeService],
    [IpamServiceService, ipamService(requests)],
    [ConfigServiceService, configService(requests)],
    [AttachmentServiceService, attachmentService(requests)],
  ]);
  return { ...standIn, requests };
}

/** A peer of both families, one of which does not get everything through. */
const reached = Peer.fromPartial({
  name: 'n1',
  alive: true,
  addresses: ['192.168.7.1', 'fd77::1'],
  backend: 'vxlan',
  paths: [
    { family: 'ipv4', link: 'poplin.vxlan', nextHop: '192.168.7.1', mtu: 1450 },
    { family: 'ipv6', link: 'poplin.vxlan6', mtu: 1430 },
  ],
  blocks: ['10.244.1.0/26', 'fd00:10::/122'],
  checks: [
    { family: 'ipv4', verdict: 'works' },
    { family: 'ipv6', verdict: 'works' },
    { family: 'ipv6', verdict: 'fails', reason: 'packets of 1430 bytes are lost' },
  ],
});

const cutOff = Peer.fromPartial({
  name: 'n2',
  addresses: ['192.168.8.2'],
  blocks: ['10.244.2.0/26'],
  refusals: ['node n2 is not reached: it is on another link'],
});

const nodeService: NodeServiceServer = {
  getStatus(_call, done) {
    const registry = {
      kind: 'etcd',
      endpoints: ['http://e:2379'],
      connected: true,
      revision: 7n,
    };
    const facts = { nodeName: 'worker-1', version: '0.1.0', pid: 4711, startedAt: longAgo };
    const problems = ['the clock is slow'];
    const backends = [
      { type: 'vxlan', preferred: true, counters: { sent_packets: 7n, in_stranger: 0n } },
      { type: 'host-gw', linkSuffix: '.b', waitingFor: ['n3', 'n4'] },
    ];
    const underlay = { interface: 'eth0', addresses: ['192.168.7.1'], underlayMtu: 1500 };
    const status = { ...facts, ...underlay, ready: true, registry, problems, backends };
    done(null, GetStatusResponse.fromPartial(status));
  },
  listNodes(call, done) {
    const index = Number(call.request.pageToken || '0');
    const node = Node.fromPartial({ name: `n${index}`, alive: index !== 1, self: index === 0 });
    done(null, { nodes: [node], nextPageToken: index < 2 ? `${index + 1}` : '' });
  },
  listPeers(call, done) {
    const peers = call.request.pageToken === '' ? [reached] : [cutOff];
    const nextPageToken = call.request.pageToken === '' ? '1' : '';
    done(null, ListPeersResponse.fromPartial({ peers, nextPageToken }));
  },
  explainRoute(call, done) {
    if (call.request.ip === 'bad') {
      done(refusal(status.INVALID_ARGUMENT, 'ip: "bad" is no address', 'INVALID_REQUEST'));
      return;
    }
    const reason = 'node n1 owns the block';
    const route = {
      dst: '10.244.1.0/26',
      type: 'unicast',
      link: 'poplin.vxlan',
      nextHop: 'fe80::1',
    };
    const known = call.request.ip.startsWith('10.');
    const more = { mtu: 1430, table: 254, peer: 'n1', backend: 'vxlan' };
    done(
      null,
      ExplainRouteResponse.fromPartial({ reason, ...(known && { route: { ...route, ...more } }) }),
    );
  },
};

function ipamService(requests: unknown[]): IpamServiceServer {
  return {
    listBlocks(call, done) {
      requests.push(call.request);
      const block = Block.fromPartial({
        cidr: '10.244.0.0/26',
        node: 'worker-1',
        pool: 'default',
        generation: 1n,
        capacity: 64n,
        inUse: 3n,
        claimedAt: longAgo,
      });
      done(null, { blocks: [block], nextPageToken: '' });
    },
    listAddresses(call, done) {
      requests.push(call.request);
      const address = Address.fromPartial({
        ip: '10.244.0.5',
        node: 'worker-1',
        block: '10.244.0.0/26',
        containerId: 'c0ffee0123456789',
        ifname: 'eth0',
      });
      done(null, { addresses: [address], nextPageToken: '' });
    },
  };
}

/** Two attachments on a page each. A container whose id begins with "dead" is none. */
function attachmentService(requests: unknown[]): AttachmentServiceServer {
  const web = Attachment.fromPartial({
    containerId: 'c0ffee0123456789',
    ifname: 'eth0',
    pod: 'default/web',
    addresses: ['10.244.0.5', 'fd00::5'],
    bandwidth: { ingressRate: 10_000_000n, egressRate: 1_000_000_000n },
    portMappings: [
      { protocol: 'tcp', hostPort: 8080, containerPort: 80 },
      { protocol: 'udp', hostIp: '::1', hostPort: 53, containerPort: 5353 },
    ],
    createdAt: longAgo,
  });
  const bare = Attachment.fromPartial({ containerId: 'beef', ifname: 'net1' });
  return {
    listAttachments(call, done) {
      const second = call.request.pageToken !== '';
      done(null, { attachments: [second ? bare : web], nextPageToken: second ? '' : '1' });
    },
    setBandwidth(call, done) {
      requests.push(call.request);
      if (call.request.containerId.startsWith('dead')) {
        done(refusal(status.NOT_FOUND, 'no such attachment', 'ATTACHMENT_NOT_FOUND'));
        return;
      }
      done(null, { attachment: { ...web, bandwidth: call.request.bandwidth } });
    },
  };
}

/** Refuses every document with the word "bad" in it. */
function configService(requests: unknown[]): ConfigServiceServer {
  return {
    getConfig: (_call, done) =>
      done(null, { document: '{"backend":{"type":"host-gw"}}', revision: 5n }),
    applyConfig(call, done) {
      requests.push(call.request);
      if (call.request.document.includes('bad')) {
        done(refusal(status.INVALID_ARGUMENT, 'backend.type: "bad" is none', 'CONFIG_INVALID'));
        return;
      }
      const changedPaths = ['backend.mtu'];
      const answer = { document: '{}', revision: 6n, changed: true, changedPaths };
      done(null, ApplyConfigResponse.fromPartial(answer));
    },
  };
}
