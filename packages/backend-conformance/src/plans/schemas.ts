import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ConformanceSubject } from '../subject.js';
import { hostOf } from './example-network.js';
import { throughJson, withRunning } from './stage.js';

const typePattern = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Most characters of what a node publishes. The registry's values are read by every node. */
const maxPublished = 65_536;

/** Rules about the name of a backend. */
export function nameRules({ backend, packageName }: ConformanceSubject): void {
  it('has a type that npm takes as a name, without the prefix of the package', () => {
    expect(backend.type).toMatch(typePattern);
    expect(backend.type).not.toMatch(/(^|\/)poplin-backend-/);
  });

  if (packageName === undefined) return;
  it('has the type that the name of its package says', () => {
    const type = packageName.startsWith('@poplin/backend-')
      ? packageName.replace('@poplin/backend-', '')
      : packageName.replace(/^((@[^/]+\/)?)poplin-backend-/, '$1');
    expect(type).toBe(backend.type);
    expect(type).not.toBe(packageName);
  });
}

/** Rules about the options of a cluster. */
export function optionRules({ backend, options }: ConformanceSubject): void {
  const { options: schema } = backend;

  it('takes the options that it is tested with', async () => {
    const parsed = await schema.safeParseAsync(options ?? {});
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  it('refuses a key that it does not know, and names it', async () => {
    const parsed = await schema.safeParseAsync({ ...options, noSuchOption: 1 });
    expect(parsed.success).toBe(false);
    const words = parsed.error?.issues.map((issue) => JSON.stringify(issue)).join() ?? '';
    expect(words).toContain('noSuchOption');
  });

  it('answers any options with a yes or with a reason at a path, never with a throw', async () => {
    const nearby = fc.dictionary(
      fc.constantFrom(...Object.keys(options ?? {}), 'mtu', 'port', 'x'),
      fc.anything(),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), nearby), async (value) => {
        const parsed = await schema.safeParseAsync(value);
        if (parsed.success) return;
        expect(parsed.error.issues.length).toBeGreaterThan(0);
        for (const { message } of parsed.error.issues) expect(message).not.toBe('');
      }),
    );
  });
}

/** Rules about what a node publishes. */
export function peerDataRules(subject: ConformanceSubject): void {
  const { peerData } = subject.backend;
  const published = () => withRunning(subject, [hostOf(1)], ([one]) => one?.published);

  it('publishes JSON that its own schema gives back as it was', async () => {
    const data = await published();
    expect(throughJson(data)).toEqual(data);
    expect(JSON.stringify(data).length).toBeLessThanOrEqual(maxPublished);
    expect(peerData.parse(throughJson(data))).toEqual(data);
  });

  it('publishes the same for the same host and options', async () => {
    expect(await published()).toEqual(await published());
  });

  it('reads data with members of a newer version', async () => {
    const data = await published();
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return;
    expect(peerData.safeParse({ ...data, ofTomorrow: 1 }).success).toBe(true);
  });

  it('answers any data with a yes or a no, never with a throw', async () => {
    const data = await published();
    const members = typeof data === 'object' && data !== null ? Object.keys(data) : [];
    const damaged = fc
      .dictionary(fc.constantFrom('x', ...members), fc.anything())
      .map((damage) => ({ ...(data as object), ...damage }));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), damaged), (value) => {
        expect(typeof peerData.safeParse(value).success).toBe('boolean');
      }),
    );
  });
}
