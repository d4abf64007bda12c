import { text } from 'node:stream/consumers';

/** Where a command reads and prints. */
export interface Terminal {
  /** Standard output: the answer and nothing else. */
  print(text: string): void;
  /** Standard error: everything that is not the answer. */
  complain(text: string): void;
  /** All of standard input, as text. */
  readInput(): Promise<string>;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  print: (line) => process.stdout.write(line),
  complain: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
};
