import { programs } from './programs.js';

/** Where a containerd of a lab keeps things: all below one folder of the lab. */
export interface Folders {
  readonly top: string;
  readonly socket: string;
  /** Images and metadata. */
  readonly root: string;
  /** Bundles, mounts, network namespaces. */
  readonly state: string;
  readonly pluginBin: string;
  /** Folder with the network configuration of a handler. */
  readonly networkConfig: (handler: string) => string;
}

/** The usual lay-out. */
export const foldersIn = (top: string): Folders => ({
  top,
  socket: `${top}/containerd.sock`,
  root: `${top}/root`,
  state: `${top}/state`,
  pluginBin: `${top}/cni/bin`,
  networkConfig: (handler) => `${top}/cni/${handler}.d`,
});

/** The handler that a pod gets that asks for none. */
export const defaultHandler = 'runc';

/**
 * containerd's configuration (version 2). Each handler is runc with a network configuration of its own, so that one
 * containerd serves pods of several.
 *
 * - Network namespaces are mounted below `state`, not in /run/netns, which belongs to the machine.
 * - A root without CAP_SYS_RESOURCE, as inside containers, may not lower an OOM score; runc's process would die of it.
 * - Snapshotters that look for devices or file systems of their own are left out, as is the plugin that makes /opt/containerd.
 */
export function configText(folders: Folders, image: string, handlers: readonly string[]): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const lines = [
    'version = 2',
    `root = ${quoted(folders.root)}`,
    `state = ${quoted(folders.state)}`,
    `disabled_plugins = [${unwanted.map(quoted).join(', ')}]`,
    '[grpc]',
    `address = ${quoted(folders.socket)}`,
    `[${cri}]`,
    `sandbox_image = ${quoted(image)}`,
    'netns_mounts_under_state_dir = true',
    'restrict_oom_score_adj = true',
    `[${cri}.cni]`,
    `bin_dir = ${quoted(folders.pluginBin)}`,
    `conf_dir = ${quoted(folders.networkConfig(defaultHandler))}`,
    `[${cri}.containerd]`,
    `default_runtime_name = ${quoted(defaultHandler)}`,
    ...handlers.flatMap((handler) => [
      `[${cri}.containerd.runtimes.${handler}]`,
      'runtime_type = "io.containerd.runc.v2"',
      `cni_conf_dir = ${quoted(folders.networkConfig(handler))}`,
      `[${cri}.containerd.runtimes.${handler}.options]`,
      `BinaryName = ${quoted(programs.runc)}`,
      `Root = ${quoted(`${folders.top}/runc`)}`,
      'SystemdCgroup = false',
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

const unwanted = [
  ...['aufs', 'btrfs', 'devmapper', 'zfs'].map((name) => `io.containerd.snapshotter.v1.${name}`),
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.tracing',
  'io.containerd.tracing.processor.v1.otlp',
];

/** A basic string of TOML 1.0: JSON's escapes are among its own. */
const quoted = (text: string): string => JSON.stringify(text);
