/** One setting of the daemon: the same thing as flag, environment variable and key of the file. */
export interface Setting {
  /** Key in the configuration file, dotted where nested. */
  readonly key: string;
  /** Name of the flag without its dashes. */
  readonly flag: string;
  /** What stands for the value in the help. */
  readonly value: string;
  /** What it is for; one line of the help. */
  readonly help: string;
  /** Value without any of the three; absent where there is none. */
  readonly fallback?: string;
  /** What the help calls the default where it is not fixed text. */
  readonly fallbackHelp?: string;
}

/** Every setting but `--config`, which says where the file is. Order is that of the help. */
export const settings = {
  nodeName: {
    key: 'nodeName',
    flag: 'node-name',
    value: 'NAME',
    help: 'name of this node in the cluster',
    fallbackHelp: 'the host name',
  },
  registry: {
    key: 'registry',
    flag: 'registry',
    value: 'URL',
    help: 'where the cluster state lives: embedded (a single node), etcd://HOST:PORT[,…] or etcds://…',
    fallback: 'embedded',
  },
  registryCa: {
    key: 'registry.ca',
    flag: 'registry-ca',
    value: 'FILE',
    help: 'certificates to trust for etcds://, PEM',
    fallbackHelp: "the system's",
  },
  registryCert: {
    key: 'registry.cert',
    flag: 'registry-cert',
    value: 'FILE',
    help: 'own certificate for etcds://, PEM',
  },
  registryKey: {
    key: 'registry.key',
    flag: 'registry-key',
    value: 'FILE',
    help: 'key of the own certificate, PEM',
  },
  interface: {
    key: 'interface',
    flag: 'interface',
    value: 'WHICH',
    help: 'interface that reaches the other nodes: NAME, CIDR of its address, or can-reach=IP',
    fallbackHelp: 'the one that reaches the registry, else that of the default route',
  },
  socket: {
    key: 'socket',
    flag: 'socket',
    value: 'PATH',
    help: 'unix socket to serve gRPC on',
    fallback: '/run/poplin/poplin.sock',
  },
  stateDir: {
    key: 'stateDir',
    flag: 'state-dir',
    value: 'DIR',
    help: 'directory for what must survive a reboot',
    fallback: '/var/lib/poplin',
  },
  backendDir: {
    key: 'backendDir',
    flag: 'backend-dir',
    value: 'DIR',
    help: 'directory with backends of others: npm install --prefix DIR poplin-backend-NAME',
    fallback: '/var/lib/poplin/backends',
  },
  logLevel: {
    key: 'logLevel',
    flag: 'log-level',
    value: 'LEVEL',
    help: 'least important level to log: trace, debug, info, warn, error',
    fallback: 'info',
  },
  logFormat: {
    key: 'logFormat',
    flag: 'log-format',
    value: 'FORMAT',
    help: 'json, pretty, or auto: pretty on a terminal',
    fallback: 'auto',
  },
  rehearsal: {
    key: 'rehearsal',
    flag: 'rehearsal',
    value: 'WHETHER',
    help: 'on, or off: attach pods to a hidden host when nobody calls, so that the first real ones take no longer than later ones',
    fallback: 'on',
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Name of a setting. */
export type SettingName = keyof typeof settings;

/** Where the configuration file is without `--config`; there it may be absent. */
export const defaultConfigFile = '/etc/poplin/poplind.yaml';

/** Environment variable of a flag: `POPLIN_NODE_NAME` for `node-name`. */
export function variableOf(flag: string): string {
  return `POPLIN_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** The value of a setting as text, and where it was found. */
export interface Given {
  readonly text: string;
  /** For messages: `--registry`, `POPLIN_REGISTRY` or the key with its file. */
  readonly origin: string;
}

/** What one source gives: flags, environment or file. */
export type Givens = Partial<Readonly<Record<SettingName, Given>>>;

/** All settings by name. */
export const settingNames = Object.keys(settings) as readonly SettingName[];
