import { ConfigError } from '../config/error.js';

/**
 * Checks a node's name: dot-separated labels of RFC 1123 §2.1, lower case, at most 253 characters. It
 * becomes part of registry keys, and Kubernetes names nodes by the same rule.
 *
 * @throws {ConfigError} INVALID_OPTION when it is none.
 */
export function checkNodeName(name: string): string {
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
  if (name.length > 253 || !name.split('.').every((part) => label.test(part))) {
    throw new ConfigError('INVALID_OPTION', `"${name}" is not a node name`, {
      remedy:
        'Give labels of a-z, 0-9 and inner hyphens, at most 63 characters each, joined by dots: worker-1',
    });
  }
  return name;
}
