import { execute } from './execute.js';

/** True where the kernel makes such links: it is asked in a namespace of its own, which goes at once. */
export async function kernelHas(kind: 'ipip'): Promise<boolean> {
  const add = ['ip', 'link', 'add', 'probe', 'type', kind, 'local', '127.0.0.1'];
  const { status } = await execute(['unshare', '--net', ...add]);
  return status === 0;
}
