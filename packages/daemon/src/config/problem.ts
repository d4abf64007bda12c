import type { ZodType, z } from 'zod';
import { nearest } from './nearest.js';
import { keysAt } from './schema-keys.js';

/** One thing that is wrong with a document. */
export interface Problem {
  /** Where: dotted path with list places in brackets, `pools[0].cidr`; empty for the whole document. */
  readonly path: string;
  /** What is wrong and what to write instead, one sentence without the path. */
  readonly message: string;
}

/** Dotted text of a path: `pools[0].cidr`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/**
 * What a schema found wrong, in words for a person. Unknown keys get the nearest valid one of their
 * object; missing and mistyped values say what was found.
 */
export function problemsOf(schema: ZodType, document: unknown, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(schema, document, issue));
}

function problemsOfIssue(schema: ZodType, document: unknown, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') return unknownKeys(schema, issue);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [first = [], ...rest] = issue.errors;
    const nearestBranch = rest.reduce((a, b) => (b.length < a.length ? b : a), first);
    return nearestBranch.flatMap((inner) =>
      problemsOfIssue(schema, document, { ...inner, path: [...issue.path, ...inner.path] }),
    );
  }
  const found = valueAt(document, issue.path);
  return [{ path: pathText(issue.path), message: describeIssue(issue, found) }];
}

/** Tells that a key is not known, with the nearest valid one or else all of them. */
export function unknownKeyMessage(key: string, valid: readonly string[]): string {
  const guess = nearest(key, valid);
  if (guess !== undefined) return `unknown key; did you mean ${guess}?`;
  return valid.length === 0 ? 'unknown key' : `unknown key; valid here: ${valid.join(', ')}`;
}

function unknownKeys(schema: ZodType, issue: z.core.$ZodIssueUnrecognizedKeys): Problem[] {
  const valid = keysAt(schema, issue.path);
  return issue.keys.map((key) => ({
    path: pathText([...issue.path, key]),
    message: unknownKeyMessage(key, valid),
  }));
}

function describeIssue(issue: z.core.$ZodIssue, found: unknown): string {
  // A schema's own words win over ours; zod's begin like this.
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      if (found === undefined) return `is missing; give ${withArticle(issue.expected)}`;
      return `must be ${withArticle(issue.expected)}, not ${shown(found)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}, not ${shown(found)}`;
    default:
      return issue.message;
  }
}

const articles: Readonly<Record<string, string>> = {
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
  int: 'a whole number',
  boolean: 'true or false',
};

function withArticle(type: string): string {
  return articles[type] ?? `a ${type}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    return (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }, document);
}
