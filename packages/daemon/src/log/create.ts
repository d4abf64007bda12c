import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { errorFacts } from './error-facts.js';
import { type LogLine, prettyLine } from './pretty.js';

/** Levels of the log, least important first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Least important level that is written. */
export type LogLevel = (typeof logLevels)[number];

/** Ways of writing a line; `auto` is `pretty` on a terminal and `json` elsewhere. */
export const logFormats = ['json', 'pretty', 'auto'] as const;

/** How a line is written. */
export type LogFormat = (typeof logFormats)[number];

/** How to log. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; standard output without one. */
  readonly destination?: LogDestination;
}

/** Takes whole lines, as a terminal or file stream does. */
export interface LogDestination {
  write(line: string): unknown;
  /** True on a terminal. */
  readonly isTTY?: boolean;
}

/**
 * The daemon's log: one line per event, ISO time in UTC, the level by name. An error under any key becomes
 * its message, code, remedy and chain of causes. Fits `Log` of `@poplin/net`; bind the node's name by
 * `log.child({ node })`.
 */
export function createLog({ level, format, destination: given }: LogOptions): Logger {
  const target = given ?? process.stdout;
  const pretty = format === 'pretty' || (format === 'auto' && target.isTTY === true);
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withErrorFacts },
      serializers: { err: (value: unknown) => value },
    },
    pretty ? prettyStream(target) : (given ?? destination({ dest: 1, sync: true })),
  );
}

/** pino turns an error under another key than `err` into `{}`; here every one becomes facts. */
function withErrorFacts(facts: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(facts);
  if (!entries.some(([, value]) => value instanceof Error)) return facts;
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Error ? errorFacts(value) : value]),
  );
}

function prettyStream(target: LogDestination): DestinationStream {
  const colour = target.isTTY === true && !process.env.NO_COLOR;
  return {
    write: (line) => void target.write(prettyLine(JSON.parse(line) as LogLine, { colour })),
  };
}
