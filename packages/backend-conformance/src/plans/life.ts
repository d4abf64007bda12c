import { expect, it } from 'vitest';
import type { ConformanceSubject } from '../subject.js';
import { hostOf } from './example-network.js';
import { withRunning } from './stage.js';

/** Rules about start and stop. */
export function lifeRules(subject: ConformanceSubject): void {
  it('stops, and takes it that it is told twice', async () => {
    await withRunning(subject, [hostOf(1)], async ([one]) => {
      await one?.stop();
      await one?.stop();
    });
  });

  it('starts again where it was stopped', async () => {
    for (let round = 0; round < 2; round++) await withRunning(subject, [hostOf(1)], () => {});
  });

  it('works without an address of its own, or says in a sentence why not', async () => {
    const host = hostOf(1);
    const bare = { ...host, underlay: { ...host.underlay, addresses: [] } };
    try {
      await withRunning(subject, [bare], () => {});
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toMatch(/^\S.{10,}/);
      expect((error as Error).message).not.toMatch(/undefined|is not a function|Cannot read/);
    }
  });

  it('gives back an unsubscribe that can be called twice', async () => {
    await withRunning(subject, [hostOf(1)], ([one]) => {
      const unsubscribe = one?.onChange?.(() => {});
      unsubscribe?.();
      unsubscribe?.();
    });
  });
}
