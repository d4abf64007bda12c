import { Command, CommanderError, Option } from 'commander';
import { ConfigError } from '../config/error.js';
import { nearest } from '../config/nearest.js';
import {
  defaultConfigFile,
  type Given,
  type Givens,
  type Setting,
  settingNames,
  settings,
  variableOf,
} from './setting.js';

/** Where help and version go, and how the process ends after them. */
export interface Terminal {
  /** Writes text to standard output. */
  print(text: string): void;
  /** Ends the process with status 0. */
  done(): never;
}

/** What the command line gives. */
export interface Flags {
  readonly config?: Given;
  readonly settings: Givens;
}

/**
 * Reads the command line.
 *
 * @param argv - arguments after the program's name.
 * @throws {ConfigError} INVALID_OPTION for an unknown flag, with the nearest valid one, for a flag
 * without its value, and for anything that is no flag.
 */
export function readFlags(argv: readonly string[], version: string, terminal: Terminal): Flags {
  const command = describeCommand(version).configureOutput({
    writeOut: (text) => terminal.print(text),
    writeErr: () => {},
  });
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return terminal.done();
    throw refusal(error, command, argv);
  }
  const values = command.opts<Readonly<Record<string, string>>>();
  const entries = settingNames.flatMap((name) => {
    const text = values[name];
    return text === undefined ? [] : [[name, { text, origin: `--${settings[name].flag}` }]];
  });
  const config = values.config;
  return {
    settings: Object.fromEntries(entries) as Givens,
    ...(config === undefined ? {} : { config: { text: config, origin: '--config' } }),
  };
}

function describeCommand(version: string): Command {
  const command = new Command('poplind')
    .description('The node daemon of Poplin: gives pods of this node their network.')
    .usage('[flags]')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .addHelpText('after', examples);
  for (const setting of settingNames.map((name) => settings[name])) {
    command.addOption(new Option(`--${setting.flag} <${setting.value}>`, helpText(setting)));
  }
  const file = `configuration file, YAML or JSON (default: ${defaultConfigFile} if it exists)`;
  return command.addOption(new Option('--config <FILE>', file));
}

function helpText({ help, fallback, fallbackHelp }: Setting): string {
  const standard = fallbackHelp ?? fallback;
  return standard === undefined ? help : `${help} (default: ${standard})`;
}

const examples = `
Each flag is also an environment variable, for example ${variableOf('node-name')}, and a key of the
configuration file, for example nodeName. A flag wins over a variable, a variable over the file.

Examples:
  One node, no etcd:
    poplind
  A node of a cluster:
    poplind --registry etcd://10.0.0.1:2379,10.0.0.2:2379 --node-name worker-1
  etcd with client certificates, the interface chosen by its address:
    poplind --registry etcds://etcd.example:2379 --registry-ca ca.pem \\
      --registry-cert node.pem --registry-key node.key --interface 192.168.5.0/24
`;

function refusal(error: CommanderError, command: Command, argv: readonly string[]): ConfigError {
  const remedy = 'poplind --help lists the flags';
  if (error.code === 'commander.unknownOption') {
    const flag = /'([^']*)'/.exec(error.message)?.[1]?.split('=', 1)[0] ?? argv.join(' ');
    const guess = nearest(flag, command.createHelp().visibleOptions(command).map(longFlag));
    const message = `unknown flag ${flag}${guess === undefined ? '' : `; did you mean ${guess}?`}`;
    return new ConfigError('INVALID_OPTION', message, { remedy });
  }
  const message = error.message.replace(/^error: /, '');
  return new ConfigError('INVALID_OPTION', message, { remedy });
}

function longFlag(option: Option): string {
  return option.long ?? '';
}
