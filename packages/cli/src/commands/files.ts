import { type FileReport, type InstallOptions, install } from '../install/install.js';
import { type UninstallOptions, uninstall } from '../install/uninstall.js';
import { formatTable } from '../output/table.js';
import { answer, type CommandContext } from './context.js';

/** `poplinctl install`: puts the shim and the network configuration in place. */
export async function installFiles(
  context: CommandContext,
  options: Omit<InstallOptions, 'socket' | 'ready'> & { readonly waitMs: number | undefined },
): Promise<void> {
  const { waitMs, ...others } = options;
  const progress = (line: string): void => context.terminal.complain(`poplinctl: ${line}\n`);
  const ready = waitMs === undefined ? undefined : { waitMs, progress };
  report(context, await install({ ...others, ready, socket: context.options.socket }));
}

/** `poplinctl uninstall`: takes both away. */
export async function uninstallFiles(
  context: CommandContext,
  options: UninstallOptions,
): Promise<void> {
  report(context, await uninstall(options));
}

function report(context: CommandContext, files: readonly FileReport[]): void {
  answer(context, { files }, () =>
    formatTable(
      [{ title: 'FILE' }, { title: 'ACTION' }],
      files.map(({ path, action, why }) => [path, why ? `${action}: ${why}` : action]),
    ),
  );
}
