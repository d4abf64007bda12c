import { readFileSync } from 'node:fs';
import tab from '@bomb.sh/tab/commander';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LimitOptions } from './commands/attachments.js';
import type { CommandContext, GlobalOptions } from './commands/context.js';
import { defaultSocket } from './install/conflist.js';
import { parseWait } from './install/wait-option.js';
import { parseBits } from './output/bits.js';
import { ownFolder } from './own-folder.js';
import type { Terminal } from './terminal.js';

const { version } = JSON.parse(readFileSync(new URL('package.json', ownFolder), 'utf8')) as {
  version: string;
};

/** The global options as commander has them: a flag that is not given is not there. */
type Flags = Omit<GlobalOptions, 'json'> & { readonly json?: boolean };

/** The options of `install`. */
interface InstallFlags {
  readonly cniBinDir: string;
  readonly cniConfDir: string;
  readonly shim?: string;
  readonly replace: boolean;
  /** Milliseconds; false for `--no-wait`. */
  readonly wait: number | false;
}

/** The command line of poplinctl. Commands load their code when they run: shells ask for completions often. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('poplinctl')
    .description('Looks at and steers the Poplin daemon of this node.')
    .version(version)
    .addOption(
      new Option('--socket <path>', "the daemon's socket")
        .env('POPLIN_SOCKET')
        .default(defaultSocket),
    )
    .option('--json', 'print one JSON document instead of a table')
    .addOption(
      new Option('--timeout <seconds>', 'give up a call of the daemon after this long')
        .argParser(parseSeconds)
        .default(10_000, '10'),
    )
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.complain })
    .exitOverride()
    .showHelpAfterError('(poplinctl --help lists the commands)');
  const context = (): CommandContext => {
    const { socket, json, timeout } = program.opts<Flags>();
    return { options: { socket, json: json ?? false, timeout }, terminal };
  };
  addReadingCommands(program, context);
  addAttachmentCommands(program, context);
  addExplainCommands(program, context);
  addConfigCommands(program, context);
  addFileCommands(program, context);
  tab(program, { completionCommandName: 'completion' });
  return program;
}

function addReadingCommands(program: Command, context: () => CommandContext): void {
  program
    .command('status')
    .description('how the daemon of this node is')
    .action(async () => (await import('./commands/status.js')).showStatus(context()));
  program
    .command('nodes')
    .description('the nodes of the cluster')
    .action(async () => (await import('./commands/nodes.js')).listNodes(context()));
  program
    .command('peers')
    .description(
      'the other nodes: how this one reaches their pods, what fits, and what does not get through',
    )
    .action(async () => (await import('./commands/peers.js')).listPeers(context()));
  program
    .command('blocks')
    .description('the blocks of addresses, who owns them and how full they are')
    .option('--node <name>', 'only those of this node')
    .action(async (options: { node?: string }) =>
      (await import('./commands/blocks.js')).listBlocks(context(), options.node),
    );
  program
    .command('addresses')
    .description('the addresses in use, and who holds them')
    .option('--node <name>', 'only those of this node')
    .action(async (options: { node?: string }) =>
      (await import('./commands/addresses.js')).listAddresses(context(), options.node),
    );
}

function addAttachmentCommands(program: Command, context: () => CommandContext): void {
  const attachments = program
    .command('attachments')
    .description('the interfaces of the pods of this node, their host ports and limits')
    .action(async () => (await import('./commands/attachments.js')).listAttachments(context()));
  const bits = (flags: string, description: string): Option =>
    new Option(flags, description).argParser(parseBits);
  attachments
    .command('limit')
    .description(
      'limit what goes to a pod and what comes from it; a direction that is left out has no limit afterwards',
    )
    .argument('<container>', 'id of the container, or its first digits')
    .option('--ifname <name>', 'the interface, where the container has several')
    .addOption(
      bits('--ingress <rate>', 'towards the pod, bit/s; k, M and G are powers of 1000: 10M'),
    )
    .addOption(bits('--egress <rate>', 'from the pod, bit/s: 1G'))
    .addOption(bits('--ingress-burst <size>', 'towards the pod, bits that may pass at once: 800k'))
    .addOption(bits('--egress-burst <size>', 'from the pod, bits that may pass at once'))
    .option('--none', 'take the limits away')
    .action(async (container: string, options: LimitOptions) =>
      (await import('./commands/attachments.js')).limitAttachment(context(), container, options),
    );
}

function addExplainCommands(program: Command, context: () => CommandContext): void {
  program
    .command('explain')
    .description('why the kernel of this node does what it does')
    .command('route')
    .description('which route of Poplin leads to an address, and what it is there for')
    .argument('<ip>', 'the address, for example that of a pod')
    .action(async (ip: string) =>
      (await import('./commands/explain.js')).explainRoute(context(), ip),
    );
}

function addConfigCommands(program: Command, context: () => CommandContext): void {
  const config = program.command('config').description('the configuration of the cluster');
  config
    .command('get')
    .description('print the one in force, every default spelled out')
    .action(async () => (await import('./commands/config.js')).getConfig(context()));
  config
    .command('apply')
    .description('make a document (YAML or JSON) the one in force')
    .requiredOption('-f, --file <path>', 'the document; - for standard input')
    .option('--dry-run', 'only validate, and tell what would change', false)
    .action(async (options: { file: string; dryRun: boolean }) =>
      (await import('./commands/config.js')).applyConfig(context(), options),
    );
}

function addFileCommands(program: Command, context: () => CommandContext): void {
  const binDir = ['--cni-bin-dir <dir>', 'directory of the CNI plugins', '/opt/cni/bin'] as const;
  const confDir = [
    '--cni-conf-dir <dir>',
    'directory of the network configurations',
    '/etc/cni/net.d',
  ] as const;
  program
    .command('install')
    .description('put the CNI shim and the network configuration in place')
    .option(...binDir)
    .option(...confDir)
    .option('--shim <path>', 'the shim to install (default: the one built in this checkout)')
    .option('--replace', 'write the default configuration, whatever is there', false)
    .addOption(
      new Option('--wait <time>', 'how long to wait for the daemon to be ready')
        .argParser(parseWait)
        .default(60_000, '60s'),
    )
    .option('--no-wait', 'write the configuration though nobody may serve it yet')
    .action(async (options: InstallFlags) =>
      (await import('./commands/files.js')).installFiles(context(), {
        binDir: options.cniBinDir,
        confDir: options.cniConfDir,
        shim: options.shim,
        replace: options.replace,
        waitMs: options.wait === false ? undefined : options.wait,
      }),
    );
  program
    .command('uninstall')
    .description('take the network configuration and the CNI shim away')
    .option(...binDir)
    .option(...confDir)
    .action(async (options: { cniBinDir: string; cniConfDir: string }) =>
      (await import('./commands/files.js')).uninstallFiles(context(), {
        binDir: options.cniBinDir,
        confDir: options.cniConfDir,
      }),
    );
}

/** Seconds on the command line, milliseconds inside. */
function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0 || seconds > 3600) {
    throw new InvalidArgumentError('It must be a number of seconds above 0 and up to 3600.');
  }
  return seconds * 1000;
}
