/**
 * poplinctl as a library: the same commands, for programs that install Poplin or embed its tables.
 *
 * @module
 */
export { CliError, type CliErrorCode } from './error.js';
export {
  type FileAction,
  type FileReport,
  type InstallOptions,
  install,
} from './install/install.js';
export { type UninstallOptions, uninstall } from './install/uninstall.js';
export { run } from './run.js';
export type { Terminal } from './terminal.js';
