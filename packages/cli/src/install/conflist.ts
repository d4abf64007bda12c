/** Name of the network configuration: early in the sort order, because runtimes take the first one. */
export const conflistName = '10-poplin.conflist';

/** Where the daemon listens unless told otherwise; the shim knows it too. */
export const defaultSocket = '/run/poplin/poplin.sock';

/**
 * Versions of the CNI specification that the shim speaks, in rising order.
 *
 * `cniVersion` itself is 1.0.0 because runtimes with a CNI library before 1.2 take no higher one; newer libraries choose
 * the highest that they know from `cniVersions`, a key that the older ones ignore.
 */
export const cniVersions: readonly string[] = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'];

/** The value of `cniVersion`; see {@link cniVersions}. */
export const cniVersion = '1.0.0';

/** What a runtime may send in `runtimeConfig`; it sends only what is declared. docs/cni.md tells what each does. */
export const capabilities: readonly string[] = [
  'portMappings',
  'bandwidth',
  'dns',
  'ips',
  'mac',
  'io.kubernetes.cri.pod-annotations',
];

/** A network configuration list, as far as Poplin must know it (CNI spec 1.1.0, "Configuration format"). */
export interface Conflist extends Readonly<Record<string, unknown>> {
  readonly plugins: readonly PluginEntry[];
}

/** One plugin of a list. */
export type PluginEntry = Readonly<Record<string, unknown>>;

/** The network configuration of a node where nobody changed anything. */
export function defaultConflist(socket: string): Conflist {
  const plugin = {
    type: 'poplin',
    ...(socket === defaultSocket ? {} : { socket }),
    capabilities: Object.fromEntries(capabilities.map((name) => [name, true])),
  };
  return { cniVersion, cniVersions, name: 'poplin', plugins: [plugin] };
}

/** A list as text. */
export function formatConflist(list: Conflist): string {
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** What a text turned out to be. */
export type ParsedConflist =
  | { readonly kind: 'list'; readonly list: Conflist }
  | { readonly kind: 'broken'; readonly why: string };

/** Reads a network configuration list. */
export function parseConflist(text: string): ParsedConflist {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return { kind: 'broken', why: `it is no JSON: ${String(error)}` };
  }
  if (!isRecord(list)) return { kind: 'broken', why: 'it is no JSON object' };
  const { plugins } = list;
  if (!Array.isArray(plugins) || !plugins.every(isRecord)) {
    return { kind: 'broken', why: 'its "plugins" is no list of objects' };
  }
  return { kind: 'list', list: { ...list, plugins } };
}

/** Tells whether an entry of a list is our plugin. */
export function isPoplin(plugin: PluginEntry): boolean {
  return plugin.type === 'poplin';
}

/** Tells whether a text is a network configuration with our plugin in it. */
export function isPoplinConflist(text: string): boolean {
  const parsed = parseConflist(text);
  return parsed.kind === 'list' && parsed.list.plugins.some(isPoplin);
}

/** Tells whether a JSON value is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
