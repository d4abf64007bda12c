/** Name of the network configuration: early in the sort order, because runtimes take the first one. */
export const conflistName = '10-poplin.conflist';

/** Where the daemon listens unless told otherwise; the shim knows it too. */
export const defaultSocket = '/run/poplin/poplin.sock';

/**
 * The network configuration of Poplin.
 *
 * `cniVersion` is 1.0.0 because runtimes with a CNI library before 1.2 take no higher one; newer libraries choose the
 * highest that they know from `cniVersions`, a key that the older ones ignore.
 */
export function conflistText(socket: string): string {
  const plugin = socket === defaultSocket ? { type: 'poplin' } : { type: 'poplin', socket };
  const list = {
    cniVersion: '1.0.0',
    cniVersions: ['0.3.1', '0.4.0', '1.0.0', '1.1.0'],
    name: 'poplin',
    plugins: [plugin],
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** Tells whether a text is a network configuration with our plugin in it. */
export function isPoplinConflist(text: string): boolean {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // Whatever it is, it is no configuration of ours.
    return false;
  }
  const plugins = isRecord(document) ? document.plugins : undefined;
  return Array.isArray(plugins) && plugins.some((it) => isRecord(it) && it.type === 'poplin');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
