import { styleText } from 'node:util';
import type { ErrorFacts } from './error-facts.js';

/** A log line as pino makes it. */
export interface LogLine extends Readonly<Record<string, unknown>> {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
}

/** How to format lines for a person. */
export interface PrettyOptions {
  /** Colour the level. */
  readonly colour: boolean;
}

const colours: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

/**
 * One log line for a person, local time: `12:34:56.789 INFO  message  key=value …`. Errors follow on lines
 * of their own with their remedy and what caused them. Ends with a newline.
 */
export function prettyLine(line: LogLine, { colour }: PrettyOptions): string {
  const { time, level, msg = '', ...facts } = line;
  const label = level.toUpperCase().padEnd(5);
  const style = colours[level];
  const shownLevel = colour && style ? styleText(style, label) : label;
  const entries = Object.entries(facts);
  const words = entries
    .filter(([, value]) => !isErrorFacts(value))
    .map(([key, value]) => `${key}=${shown(value)}`);
  const errors = entries.flatMap(([key, value]) =>
    isErrorFacts(value) ? errorLines(key, value) : [],
  );
  const head = [`${clock(time)} ${shownLevel} ${printable(msg)}`, words.join(' ')];
  return `${[head.filter((part) => part !== '').join('  '), ...errors].join('\n')}\n`;
}

function clock(time: string): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hms = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${hms}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Bare where it is one word; else JSON, which also keeps control characters off the terminal. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.:/@+,%-]+$/.test(text) || typeof value !== 'string' ? text : JSON.stringify(text);
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names from outside must not steer the terminal
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (char) =>
    JSON.stringify(char).slice(1, -1),
  );
}

function errorLines(key: string, error: ErrorFacts): string[] {
  const code = error.code === undefined ? '' : ` [${error.code}]`;
  return [
    ...indented(`${key}: ${error.message}${code}`),
    ...(error.remedy === undefined ? [] : indented(`to do: ${error.remedy}`)),
    ...(error.stack === undefined ? [] : indented(stackOnly(error.stack))),
    ...(error.cause === undefined ? [] : errorLines('caused by', error.cause)),
  ].filter((line) => line.trim() !== '');
}

/** The frames of a stack: its first lines repeat the message. */
function stackOnly(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `    ${printable(line)}`);
}

function isErrorFacts(value: unknown): value is ErrorFacts {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}
