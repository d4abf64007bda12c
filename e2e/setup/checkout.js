/** Where things are in a checkout. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The top of the checkout, without a slash at the end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** An absolute path from one that is relative to the top of the checkout. */
export const inCheckout = (path) => `${checkout}/${path}`;

/** True when the checkout has this file or folder. */
export const hasInCheckout = (path) => existsSync(inCheckout(path));

/** True for root, who alone may install packages and make network namespaces. */
export const isRoot = process.geteuid() === 0;

/**
 * The environment for what we build, run and measure. With NODE_EXTRA_CA_CERTS every Node process reads a
 * certificate bundle at start (130 ms measured), so only npm, which may need it for its registry, keeps it.
 */
export function leanEnvironment(extra = {}) {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env;
  return { ...rest, ...extra };
}
