import { hostname } from 'node:os';
import { isAbsolute } from 'node:path';
import { describeError } from '@poplin/net';
import type { ClusterConfig } from '../config/cluster.js';
import { ConfigError, configErrorOf } from '../config/error.js';
import { nearest } from '../config/nearest.js';
import type { Problem } from '../config/problem.js';
import { type LogFormat, type LogLevel, logFormats, logLevels } from '../log/create.js';
import { type InterfaceChoice, parseInterfaceChoice } from '../underlay/choice.js';
import { readConfigFile } from './file.js';
import { readFlags, type Terminal } from './flags.js';
import { checkNodeName } from './node-name.js';
import { parseRegistry, type RegistryOptions, type RegistryTls } from './registry.js';
import {
  type Given,
  type Givens,
  type SettingName,
  settingNames,
  settings,
  variableOf,
} from './setting.js';

/** What the daemon was told to do: flags, environment, file and defaults in one. */
export interface DaemonOptions {
  /** Name of this node; labels of RFC 1123. */
  readonly nodeName: string;
  readonly registry: RegistryOptions;
  /** How to find the underlay interface. */
  readonly interface: InterfaceChoice;
  /** Absolute path of the gRPC socket. */
  readonly socket: string;
  /** Absolute path of the directory for what must survive a reboot. */
  readonly stateDir: string;
  /** Absolute path of the directory with the backends that do not come with the daemon. */
  readonly backendDir: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Whether the daemon rehearses when nobody calls. */
  readonly rehearsal: 'on' | 'off';
  /** The configuration file that was read; absent when there is none. */
  readonly configFile?: string;
  /** What an empty registry is to begin with; absent where the file says nothing about it. */
  readonly cluster?: ClusterConfig;
}

/** The process around {@link parseOptions}: what it needs to answer `--help` and `--version`. */
export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(text),
  done: () => process.exit(0),
};

/**
 * Reads the daemon's options: a flag wins over an environment variable, a variable over the configuration
 * file, the file over the default. A variable that is empty counts as not set.
 *
 * `--help` and `--version` print and end the process with status 0.
 *
 * @param argv - arguments after the program's name.
 * @param version - what `--version` prints.
 * @throws {ConfigError} INVALID_OPTION for flags and values, CONFIG_FILE for the file; all values that
 * are wrong are named at once.
 */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  version = 'unknown',
  terminal: Terminal = processTerminal,
): DaemonOptions {
  const flags = readFlags(argv, version, terminal);
  const file = readConfigFile(flags.config ?? fromVariable(env, 'config'));
  const given: Givens = { ...file.settings, ...readEnvironment(env), ...flags.settings };
  const problems: Problem[] = [];
  const value = <T>(
    name: SettingName,
    fallback: string,
    parse: (text: string) => T,
  ): T | undefined => {
    try {
      return parse(given[name]?.text ?? fallback);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const path = given[name]?.origin ?? `default of --${settings[name].flag}`;
      problems.push({ path, message: describeError(error) });
      return undefined;
    }
  };
  const options = {
    nodeName: value('nodeName', hostname().toLowerCase(), checkNodeName),
    registry: value('registry', settings.registry.fallback, (text) =>
      parseRegistry(text, tlsFiles(given)),
    ),
    interface: value('interface', '', parseInterface),
    socket: value('socket', settings.socket.fallback, checkPath),
    stateDir: value('stateDir', settings.stateDir.fallback, checkPath),
    backendDir: value('backendDir', settings.backendDir.fallback, checkPath),
    logLevel: value('logLevel', settings.logLevel.fallback, oneOf(logLevels)),
    logFormat: value('logFormat', settings.logFormat.fallback, oneOf(logFormats)),
    rehearsal: value('rehearsal', settings.rehearsal.fallback, oneOf(['on', 'off'] as const)),
  };
  if (!isComplete(options)) throw configErrorOf('INVALID_OPTION', 'options', problems);
  return {
    ...options,
    ...(file.path === undefined ? {} : { configFile: file.path }),
    ...(file.cluster === undefined ? {} : { cluster: file.cluster }),
  };
}

function isComplete<T extends object>(
  parts: T,
): parts is T & { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.values(parts).every((part) => part !== undefined);
}

function readEnvironment(env: Readonly<Record<string, string | undefined>>): Givens {
  const entries = settingNames.flatMap((name) => {
    const given = fromVariable(env, settings[name].flag);
    return given === undefined ? [] : [[name, given]];
  });
  return Object.fromEntries(entries) as Givens;
}

function fromVariable(
  env: Readonly<Record<string, string | undefined>>,
  flag: string,
): Given | undefined {
  const origin = variableOf(flag);
  const text = env[origin];
  return text === undefined || text === '' ? undefined : { text, origin };
}

function tlsFiles(given: Givens): RegistryTls {
  return {
    ...(given.registryCa && { ca: given.registryCa.text }),
    ...(given.registryCert && { cert: given.registryCert.text }),
    ...(given.registryKey && { key: given.registryKey.text }),
  };
}

function parseInterface(text: string): InterfaceChoice {
  return text === '' ? { by: 'default' } : parseInterfaceChoice(text);
}

function checkPath(text: string): string {
  if (isAbsolute(text)) return text;
  throw new ConfigError('INVALID_OPTION', `"${text}" is not an absolute path`);
}

function oneOf<T extends string>(valid: readonly T[]): (text: string) => T {
  return (text) => {
    const found = valid.find((candidate) => candidate === text);
    if (found !== undefined) return found;
    const guess = nearest(text, valid);
    throw new ConfigError('INVALID_OPTION', `"${text}" is not one of ${valid.join(', ')}`, {
      ...(guess === undefined ? {} : { remedy: `Did you mean ${guess}?` }),
    });
  };
}
