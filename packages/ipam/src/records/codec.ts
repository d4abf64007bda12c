import { type Cidr, describeError, type Ip, parseCidr, parseIp } from '@poplin/net';
import { z } from 'zod';

/** A record that came out of the registry, or why it is none. What is there is not to be trusted. */
export type Parsed<T> =
  | { readonly ok: true; readonly record: T }
  | { readonly ok: false; readonly problem: RecordProblem };

/** Why a value in the registry is not the record that its key promises. */
export interface RecordProblem {
  /** Key in the registry. */
  readonly key: string;
  /** Where in the value, dotted; empty for the value as a whole. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;
}

/** A problem as one sentence for a log. */
export function describeRecordProblem({ key, path, reason }: RecordProblem): string {
  return `record ${key} is ignored: ${path === '' ? '' : `${path}: `}${reason}`;
}

/** Reads the JSON text of a record. Unknown members are dropped: a newer version may have put them there. */
export function parseRecord<T>(schema: z.ZodType<T>, key: string, text: string): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse(key, '', 'is not JSON');
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, record: result.data };
  const issue = result.error.issues[0];
  return refuse(key, (issue?.path ?? []).join('.'), issue?.message ?? 'is not valid');
}

/** The refusal of a record. */
export function refuse(key: string, path: string, reason: string): Parsed<never> {
  return { ok: false, problem: { key, path, reason } };
}

/** Reads an IP address into its canonical text. */
export const ipField: z.ZodType<Ip> = addressField(parseIp);

/** Reads a masked prefix into its canonical text. */
export const cidrField: z.ZodType<Cidr> = addressField(parseCidr);

/** Name of a node: up to 253 letters, digits, `-`, `_` and `.`, a letter or digit first. */
export const nodeNameField: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, 'is not the name of a node');

/** A moment in ISO 8601, UTC. */
export const timeField: z.ZodType<string> = z.iso.datetime();

/** A text that must be there, of a bounded length. */
export const textField: z.ZodType<string> = z.string().min(1).max(1024);

function addressField<T extends string>(parse: (text: string) => T): z.ZodType<T> {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeError(error) });
      return z.NEVER;
    }
  });
}
