/** One line of a log: facts first, then the sentence. The shape of pino's methods. */
export type LogMethod = (facts: Readonly<Record<string, unknown>>, message: string) => void;

/** What the packages of Poplin ask of a logger; pino's fits as it is. */
export interface Log {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
