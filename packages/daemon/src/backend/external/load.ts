import type { Backend } from '@poplin/backend';
import type { Cidr, Log } from '@poplin/net';
import { z } from 'zod';
import { BackendThread } from './backend-thread.js';
import { checkContract } from './compatible.js';
import { ownContract } from './contract.js';
import { BackendError } from './error.js';
import { type BackendLimits, backendLimits } from './limits.js';
import { type LocatedBackend, locateBackend } from './locate.js';
import { externalName } from './name.js';
import { descriptionSchema, maxPublished, optionsAnswerSchema, type Question } from './protocol.js';
import { ExternalRunning } from './running.js';

/** Where backends from outside are looked for, and what they are told. */
export interface ExternalOptions {
  /** Folders that an operator installs packages in: `npm install --prefix FOLDER PACKAGE`. */
  readonly directories: readonly string[];
  readonly log: Log;
  /** Blocks of this node: no backend may touch them. Asked anew for every check; none by default. */
  readonly ownBlocks?: () => readonly Cidr[];
  readonly limits?: BackendLimits;
}

/** What a peer published, as far as this side looks: JSON of bounded size. The backend's own schema is asked where it lives. */
const peerDataSchema = z.unknown().refine((data) => sizeOf(data) <= maxPublished, 'is too long');

/**
 * Loads a backend that does not come with the daemon, by its short name (`foo`, `@scope/foo`) or that of its package (`poplin-backend-foo`). It lives in
 * a thread of its own: neither its mistakes nor its slowness reach the daemon ({@link ExternalRunning}). Its `options` have to be parsed
 * asynchronously (`safeParseAsync`).
 *
 * @throws {BackendError} BACKEND_NOT_INSTALLED with the command that installs it, BACKEND_UNUSABLE when the package is no backend for
 *   this daemon.
 */
export async function loadExternalBackend(
  type: string,
  options: ExternalOptions,
): Promise<Backend> {
  const name = externalName(type);
  if (name === undefined) {
    throw new BackendError('BACKEND_NOT_INSTALLED', `"${type}" cannot be the name of a backend`);
  }
  const located = locateBackend(name, options.directories);
  checkContract(located, ownContract());
  const { limits = backendLimits, ownBlocks = () => [] } = options;
  const ask = (question: Question) => askOnce(located, question, options.log, limits);
  checkType(
    located,
    descriptionSchema.parse(await unusable(located, ask({ call: 'describe' }))).type,
  );
  // What its thread said when it read them: `shared` is asked for synchronously, after that.
  const sharedOf = new Map<string, unknown>();
  return {
    type: located.type,
    options: z.unknown().superRefine(async (value, context) => {
      const answer = await ask({ call: 'options', value });
      const { problems, shared } = optionsAnswerSchema.parse(answer);
      if (problems.length === 0) sharedOf.set(JSON.stringify(value), shared);
      for (const { path, message } of problems) context.addIssue({ code: 'custom', path, message });
    }),
    peerData: peerDataSchema,
    shared: (options) => sharedOf.get(JSON.stringify(options)) ?? options,
    start: (host, parsed) =>
      ExternalRunning.start({ backend: located, host, options: parsed, limits, ownBlocks }),
  };
}

/** Asks a thread that lives for this question alone. */
async function askOnce(
  { type, entry }: LocatedBackend,
  question: Question,
  log: Log,
  limits: BackendLimits,
): Promise<unknown> {
  const thread = new BackendThread({
    ...{ type, entry, limits },
    onMessage: (message) => {
      if ('log' in message) log[message.log]({ ...message.facts, backend: type }, message.text);
    },
    onDeath: () => {},
  });
  try {
    return await thread.ask(question);
  } finally {
    await thread.end();
  }
}

async function unusable<T>(
  { packageName, folder }: LocatedBackend,
  answer: Promise<T>,
): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const { message } = cause as Error;
    throw new BackendError('BACKEND_UNUSABLE', `${message} (${folder})`, {
      cause,
      remedy: `Tell the authors of ${packageName}, or choose another backend`,
    });
  }
}

/** Peers know a backend by its type: under two names it would be two. */
function checkType({ type, packageName }: LocatedBackend, found: string): void {
  if (found === type) return;
  throw new BackendError(
    'BACKEND_UNUSABLE',
    `package ${packageName} exports a backend of type "${found}"; by its name it must be "${type}"`,
  );
}

/** Characters of a value as JSON; infinite where it is none, or nested too deep. */
function sizeOf(data: unknown): number {
  try {
    return JSON.stringify(data)?.length ?? 0;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
