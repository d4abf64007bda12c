import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ClusterConfig, clusterConfigSchema } from '../config/cluster.js';
import { readDocument } from '../config/document.js';
import { ConfigError, configErrorOf } from '../config/error.js';
import { problemsOf } from '../config/problem.js';
import { defaultConfigFile, type Given, type Givens, settingNames, settings } from './setting.js';

/** What the configuration file gives. */
export interface FileContents {
  /** Path of the file; absent when there is none. */
  readonly path?: string;
  readonly settings: Givens;
  /** What an empty registry is to begin with. */
  readonly cluster?: ClusterConfig;
}

const registrySchema = z.preprocess(
  (value) => (typeof value === 'string' ? { url: value } : value),
  z.strictObject({
    url: z.string(),
    ca: z.string().optional(),
    cert: z.string().optional(),
    key: z.string().optional(),
  }),
);

const fileSchema = z.strictObject({
  nodeName: z.string().optional(),
  registry: registrySchema.optional(),
  interface: z.string().optional(),
  socket: z.string().optional(),
  stateDir: z.string().optional(),
  backendDir: z.string().optional(),
  logLevel: z.string().optional(),
  logFormat: z.string().optional(),
  rehearsal: z.string().optional(),
  cluster: clusterConfigSchema.optional(),
});

/**
 * Reads the configuration file.
 *
 * @param named - the path that was asked for; without one the default path, which may be absent.
 * @throws {ConfigError} CONFIG_FILE when it cannot be read, or with everything that is wrong in it.
 */
export function readConfigFile(named: Given | undefined): FileContents {
  const path = named?.text ?? defaultConfigFile;
  const text = readText(path, named);
  if (text === undefined) return { settings: {} };
  const document = readDocument(text, path, 'CONFIG_FILE');
  const parsed = fileSchema.safeParse(document);
  if (!parsed.success) {
    throw configErrorOf('CONFIG_FILE', path, problemsOf(fileSchema, document, parsed.error));
  }
  const { cluster, registry, ...plain } = parsed.data;
  const texts: Readonly<Record<string, string | undefined>> = {
    ...plain,
    registry: registry?.url,
    'registry.ca': registry?.ca,
    'registry.cert': registry?.cert,
    'registry.key': registry?.key,
  };
  const entries = settingNames.flatMap((name) => {
    const value = texts[settings[name].key];
    return value === undefined
      ? []
      : [[name, { text: value, origin: `${settings[name].key} in ${path}` }]];
  });
  return {
    path,
    settings: Object.fromEntries(entries) as Givens,
    ...(cluster === undefined ? {} : { cluster }),
  };
}

function readText(path: string, named: Given | undefined): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (named === undefined && isAbsence(cause)) return undefined;
    const asked = named === undefined ? '' : `, which ${named.origin} names`;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      'CONFIG_FILE',
      `cannot read the configuration file ${path}${asked}: ${why}`,
      { cause, remedy: 'Check the path and that the daemon may read it' },
    );
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
