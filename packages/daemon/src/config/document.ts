import { createRequire } from 'node:module';
import { type ConfigErrorCode, configErrorOf } from './error.js';
import type { Problem } from './problem.js';

/**
 * Reads YAML or JSON, which YAML 1.2 contains. Empty text is an empty mapping. Anchors are refused: they
 * can make a value contain itself, or a short text expand without end.
 *
 * @param subject - what the document is, for the message: `cluster configuration`.
 * @throws {ConfigError} with the code, every syntax error and its place; also for two documents in one
 * text and for a key given twice.
 */
export function readDocument(text: string, subject: string, code: ConfigErrorCode): unknown {
  const document = yaml().parseDocument(text, { version: '1.2', logLevel: 'error' });
  if (document.errors.length > 0) {
    throw configErrorOf(code, subject, syntaxProblems(text, document.errors), {
      remedy: 'Give the whole document as valid YAML or JSON',
    });
  }
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch (cause) {
    const message = 'anchors and aliases (&name, *name) are not supported; write the value out';
    throw configErrorOf(code, subject, [{ path: '', message }], { cause });
  }
}

/** The package, loaded with the first document: most starts have none to read. */
function yaml(): typeof import('yaml') {
  return createRequire(import.meta.url)('yaml') as typeof import('yaml');
}

interface YamlSyntaxError {
  readonly message: string;
  readonly pos: readonly [number, number];
  readonly linePos?: readonly [{ readonly line: number; readonly col: number }, unknown?];
}

/** One problem per place: for an unclosed bracket yaml reports each level of nesting, the outermost last. */
function syntaxProblems(text: string, errors: readonly YamlSyntaxError[]): Problem[] {
  const byPlace = new Map<string, Problem>();
  for (const { message, pos, linePos } of errors) {
    const place = linePos ? `line ${linePos[0].line}, column ${linePos[0].col}` : '';
    const atEnd = pos[0] >= text.trimEnd().length;
    const what = summary(message);
    byPlace.set(place, { path: place, message: atEnd ? `the text ends too early: ${what}` : what });
  }
  return [...byPlace.values()];
}

/** yaml's messages go on with `at line …` and a picture of the place. */
function summary(message: string): string {
  const first = message.split('\n', 1)[0] ?? message;
  return first.replace(/ at line \d+, column \d+:?$/, '').replace(/; please use .*$/, '');
}
