/**
 * A driver for the Linux kernel's network: links, addresses, routes, rules, neighbours, traffic control, nftables, conntrack,
 * namespaces, sysctls, special sockets, TUN devices. Objects and verbs are those of iproute2.
 *
 * @module
 */
export type { AttributePolicy } from './codec/policy.js';
export { type Conntrack, openConntrack } from './conntrack/conntrack.js';
export { conntrackDel, conntrackFlush } from './conntrack/del.js';
export * from './conntrack/types.js';
export { NetlinkError, type NetlinkErrorCode, type NetlinkErrorOptions } from './error.js';
export { type Ethtool, openEthtool } from './ethtool/ethtool.js';
export type { Feature, Features } from './ethtool/features.js';
export { type MonitorOptions, openMonitor } from './monitor/monitor.js';
export type { Monitor, MonitorAction, MonitorEvent, MonitorGroup } from './monitor/types.js';
export { enterNetns } from './namespace/enter-netns.js';
export { makeNetns, type NewNetns } from './namespace/make.js';
export {
  listNetns,
  type NamedNetns,
  nameNetns,
  netnsFolder,
  removeNetns,
} from './namespace/name.js';
export {
  currentNetns,
  type Netns,
  openNetns,
  openNetnsOfFd,
  openNetnsOfPid,
  sameNetns,
} from './namespace/netns.js';
export { runInNetns } from './namespace/run-in-netns.js';
export * as nft from './nftables/builder.js';
export { elementChange, takesElementChange } from './nftables/elements/change.js';
export { type Nftables, openNftables } from './nftables/nftables.js';
export type * from './nftables/types.js';
export { addressAdd } from './rtnetlink/address/add.js';
export { addressDel } from './rtnetlink/address/del.js';
export { addressReplace } from './rtnetlink/address/replace.js';
export type * from './rtnetlink/address/types.js';
export type { AddressVerbs } from './rtnetlink/address/verbs.js';
export {
  type BatchAnswer,
  batchInOrder,
  type HandleBatch,
  type HandleTransaction,
} from './rtnetlink/batch-in-order.js';
export { fdbAdd } from './rtnetlink/fdb/add.js';
export { fdbAppend } from './rtnetlink/fdb/append.js';
export { fdbDel } from './rtnetlink/fdb/del.js';
export { fdbReplace } from './rtnetlink/fdb/replace.js';
export type * from './rtnetlink/fdb/types.js';
export type { FdbVerbs } from './rtnetlink/fdb/verbs.js';
export { linkAdd } from './rtnetlink/link/add.js';
export { linkAddAltNames, linkDelAltNames } from './rtnetlink/link/alt-names.js';
export { linkDel } from './rtnetlink/link/del.js';
export { linkGet } from './rtnetlink/link/get.js';
export { linkDelGroup, linkSetGroup } from './rtnetlink/link/group.js';
export { checkLinkName } from './rtnetlink/link/name.js';
export type { PortOfBridge } from './rtnetlink/link/port-of-bridge.js';
export { linkSet } from './rtnetlink/link/set.js';
export type * from './rtnetlink/link/types.js';
export type { LinkVerbs } from './rtnetlink/link/verbs.js';
export { neighbourAdd } from './rtnetlink/neighbour/add.js';
export { neighbourChange } from './rtnetlink/neighbour/change.js';
export { neighbourDel } from './rtnetlink/neighbour/del.js';
export { neighbourReplace } from './rtnetlink/neighbour/replace.js';
export type * from './rtnetlink/neighbour/types.js';
export type { NeighbourVerbs } from './rtnetlink/neighbour/verbs.js';
export type { Netconf, NetconfScope } from './rtnetlink/netconf/types.js';
export { type Netlink, type NetlinkOptions, openNetlink } from './rtnetlink/netlink.js';
export { netnsIdSet } from './rtnetlink/netns-id/set.js';
export type { NetnsIdVerbs } from './rtnetlink/netns-id/verbs.js';
export { routeAdd } from './rtnetlink/route/add.js';
export { routeAppend } from './rtnetlink/route/append.js';
export { routeChange } from './rtnetlink/route/change.js';
export { routeDel } from './rtnetlink/route/del.js';
export type { RouteMetric, RouteMetrics } from './rtnetlink/route/metrics.js';
export { routeReplace } from './rtnetlink/route/replace.js';
export * from './rtnetlink/route/types.js';
export type { RouteVerbs } from './rtnetlink/route/verbs.js';
export { ruleAdd } from './rtnetlink/rule/add.js';
export { ruleDel } from './rtnetlink/rule/del.js';
export type * from './rtnetlink/rule/types.js';
export type { RuleVerbs } from './rtnetlink/rule/verbs.js';
export type { NetnsByHandle, NetnsTarget } from './rtnetlink/target-netns.js';
export type {
  GenericVerdict,
  MirredTarget,
  TrafficAction,
  TrafficActionState,
} from './rtnetlink/traffic/filter/action.js';
export { filterAdd, filterReplace } from './rtnetlink/traffic/filter/add.js';
export { filterDel } from './rtnetlink/traffic/filter/del.js';
export type { U32Key, U32Match } from './rtnetlink/traffic/filter/kind/u32.js';
export type * from './rtnetlink/traffic/filter/types.js';
export type { FilterVerbs } from './rtnetlink/traffic/filter/verbs.js';
export type { TrafficHandle } from './rtnetlink/traffic/handle.js';
export { qdiscAdd, qdiscChange, qdiscReplace } from './rtnetlink/traffic/qdisc/add.js';
export { qdiscDel } from './rtnetlink/traffic/qdisc/del.js';
export type { NetemOptions } from './rtnetlink/traffic/qdisc/kind/netem.js';
export type { TbfOptions, TbfSettings } from './rtnetlink/traffic/qdisc/kind/tbf.js';
export type * from './rtnetlink/traffic/qdisc/types.js';
export type { QdiscVerbs } from './rtnetlink/traffic/qdisc/verbs.js';
export type { TrafficStatistics } from './rtnetlink/traffic/statistics.js';
export type { OnFailure } from './socket/exchange.js';
export type { NetlinkRequest, NetlinkTransaction } from './socket/request.js';
export type { Endpoint } from './sockets/address.js';
export { type ConnectOptions, connectTcp } from './sockets/connect.js';
export { type ListenOptions, listenTcp, type TcpListener } from './sockets/listen.js';
export type { Md5Key } from './sockets/md5.js';
export type { SocketOptions } from './sockets/options.js';
export { openUdp, type UdpOptions } from './sockets/udp.js';
export { readSysctl, type SysctlOptions, writeSysctl } from './sysctl/sysctl.js';
export type { RunOptions } from './thread/shared-thread.js';
export { openTun } from './tun/tun.js';
export type { Tun, TunOptions, TunReceiver } from './tun/types.js';
export { listenUnix } from './unix/listen.js';
export type { UnixConnection, UnixListener, UnixListenOptions } from './unix/types.js';
