import { type ClusterConfig, clusterConfigSchema } from './cluster.js';
import { readDocument } from './document.js';
import { configErrorOf } from './error.js';
import { problemsOf } from './problem.js';

/**
 * Reads a cluster configuration: YAML or JSON text, or a value that was read already. Keys that are missing
 * take their defaults.
 *
 * @param subject - what the document is, for the message.
 * @throws {ConfigError} INVALID_CONFIG with every problem of the document at once.
 */
export function parseClusterConfig(
  document: unknown,
  subject = 'cluster configuration',
): ClusterConfig {
  const value =
    typeof document === 'string' ? readDocument(document, subject, 'INVALID_CONFIG') : document;
  const parsed = clusterConfigSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const problems = problemsOf(clusterConfigSchema, value, parsed.error);
  throw configErrorOf('INVALID_CONFIG', subject, problems);
}
