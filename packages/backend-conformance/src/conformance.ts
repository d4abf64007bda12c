import { describe } from 'vitest';
import { kernelRules } from './kernel/rules.js';
import { lifeRules } from './plans/life.js';
import { planRules } from './plans/plans.js';
import { nameRules, optionRules, peerDataRules } from './plans/schemas.js';
import type { ConformanceSubject } from './subject.js';

/**
 * Registers the whole suite for a backend in the vitest file that calls it: {@link planConformance}, and as root
 * {@link kernelConformance}. What is left out it says in one line.
 *
 *     backendConformance({ backend, entry: new URL('../dist/index.js', import.meta.url) });
 */
export function backendConformance<Options, PeerData>(
  subject: ConformanceSubject<Options, PeerData>,
): void {
  planConformance(subject);
  const why = whyNoKernel(subject);
  if (why === undefined) kernelConformance(subject);
  else {
    const line = `backend ${subject.backend.type}: the tests on a real kernel are left out, ${why}`;
    process.stderr.write(`${line}\n`);
  }
}

/** Registers the part of the suite that needs neither root nor a kernel: name, schemas, plans, start and stop. */
export function planConformance<Options, PeerData>(
  subject: ConformanceSubject<Options, PeerData>,
): void {
  const any = subject as ConformanceSubject;
  const { type } = subject.backend;
  describe(`name of backend ${type}`, () => nameRules(any));
  describe(`options of backend ${type}`, () => optionRules(any));
  describe(`peer data of backend ${type}`, () => peerDataRules(any));
  describe(`plans of backend ${type}`, () => planRules(any));
  describe(`life of backend ${type}`, () => lifeRules(any));
}

/**
 * Registers the part of the suite that needs root: hosts as network namespaces, the reconciler, packets between pods. `entry` of the subject
 * is the built module.
 */
export function kernelConformance<Options, PeerData>(
  subject: ConformanceSubject<Options, PeerData>,
): void {
  const { backend, entry, underlays = ['same link'] } = subject;
  if (!entry) throw new Error(`name the built module of backend ${backend.type}: entry`);
  describe.each(underlays)(`packets of backend ${backend.type}, hosts: %s`, (underlay) =>
    kernelRules(subject as ConformanceSubject, entry, underlay),
  );
}

function whyNoKernel({ entry }: Pick<ConformanceSubject, 'entry'>): string | undefined {
  if (!entry) return 'no built module was named (entry)';
  return process.getuid?.() === 0 ? undefined : 'they need root';
}
