import type { BackendHost, NetworkView, Peer } from '@poplin/backend';
import { z } from 'zod';

/** What the daemon asks the thread of a backend. Goes there as JSON text, each with a number of its own. */
export type Question =
  /** Loads the package and says what it is: {@link descriptionSchema}. */
  | { readonly call: 'describe' }
  /** What is wrong with these options: {@link optionsAnswerSchema}. */
  | { readonly call: 'options'; readonly value: unknown }
  /** Starts the backend: {@link startedSchema}. */
  | { readonly call: 'start'; readonly host: Omit<BackendHost, 'log'>; readonly options: unknown }
  | { readonly call: 'overhead'; readonly view: NetworkView }
  | { readonly call: 'planHost'; readonly view: NetworkView }
  | { readonly call: 'planPeer'; readonly peer: Peer; readonly view: NetworkView }
  | { readonly call: 'peersChanged'; readonly peers: readonly Peer[]; readonly view: NetworkView }
  | { readonly call: 'stop' };

/** Name of a question. */
export type Call = Question['call'];

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** What the thread says, as JSON text: an answer, a line for the log, or that its plans are others now. */
export const messageSchema = z.union([
  z.strictObject({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ id: z.int(), ok: z.literal(false), error: z.string().max(2_000) }),
  z.strictObject({
    log: z.enum(levels),
    facts: z.record(z.string(), z.unknown()),
    text: z.string().max(2_000),
  }),
  z.strictObject({ changed: z.literal(true) }),
]);

/** A message of the thread. */
export type Message = z.infer<typeof messageSchema>;

/** The answer to `describe`. */
export const descriptionSchema = z.strictObject({ type: z.string().max(200) });

/** What is wrong with options. */
const optionProblemsSchema = z
  .array(
    z.strictObject({
      path: z.array(z.union([z.string(), z.number()])).max(32),
      message: z.string().max(2_000),
    }),
  )
  .max(100);

/** The answer to `options`: no problems when they are good, and what of them both ends of a pair must have alike. */
export const optionsAnswerSchema = z.strictObject({
  problems: optionProblemsSchema,
  shared: z.unknown(),
});

/** Bytes added to a packet of each family. No encapsulation that is known adds more than some hundred. */
export const overheadSchema = z.strictObject({
  ipv4: z.int().min(0).max(1_000),
  ipv6: z.int().min(0).max(1_000),
});

/** The answer to `start`. */
export const startedSchema = z.strictObject({ published: z.unknown(), overhead: overheadSchema });

/** What the thread is given when it begins, beside its port. */
export interface ThreadData {
  /** URL of the module to load. */
  readonly entry: string;
  /** Most characters that an answer may have. */
  readonly maxAnswer: number;
}

/** Most characters of what a node publishes. */
export const maxPublished = 65_536;
