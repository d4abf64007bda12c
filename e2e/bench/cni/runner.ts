import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import { LabError, type Namespace, plainEnvironment } from '../../lab/index.js';
import { compile } from './compile.js';

/** One execution of a program. */
export interface Execution {
  readonly program: string;
  /** Standard input. */
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What came of one. */
export interface Executed {
  /** From start to end, milliseconds. */
  readonly ms: number;
  readonly stdout: string;
}

/** What came of several. */
export interface ExecutedTogether {
  /** From the first start to the last end, milliseconds. */
  readonly ms: number;
  readonly each: readonly Executed[];
}

/** Runs programs in a namespace and times them; see runner.c. */
export class Runner implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #folder: string;
  #files = 0;

  private constructor(child: ChildProcessWithoutNullStreams, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#reader = createInterface(child.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
    child.stderr.pipe(process.stderr);
  }

  /** @param folder - for what the programs read and print. */
  static async start(namespace: Namespace, folder: string): Promise<Runner> {
    const program = await compile('runner');
    const [file = '', ...args] = namespace.enter([program]);
    return new Runner(spawn(file, args, { env: plainEnvironment }), folder);
  }

  /** Runs one. @throws LabError with what it printed when it fails. */
  async run(execution: Execution): Promise<Executed> {
    const { each } = await this.runTogether([execution], 1);
    if (each[0]) return each[0];
    throw new LabError('the runner lost an execution');
  }

  /** Runs many, never more than `concurrency` at a time. @throws LabError with what one printed when it fails. */
  async runTogether(
    executions: readonly Execution[],
    concurrency: number,
  ): Promise<ExecutedTogether> {
    const outputs: string[] = [];
    const lines: string[] = [`go ${executions.length} ${concurrency}`];
    for (const { program, input, env } of executions) {
      const path = `${this.#folder}/call${this.#files++ % 4096}`;
      await writeFile(`${path}.in`, input);
      outputs.push(`${path}.out`);
      const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
      lines.push([program, `${path}.in`, `${path}.out`, ...variables].join('\t'));
    }
    this.#child.stdin.write(`${lines.join('\n')}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new LabError('the runner ended');
    return this.#read(value, executions, outputs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    this.#reader.close();
    if (this.#child.exitCode !== null) return;
    await new Promise((resolve) => this.#child.once('exit', resolve));
  }

  async #read(
    line: string,
    executions: readonly Execution[],
    outputs: readonly string[],
  ): Promise<ExecutedTogether> {
    const [total, ...times] = line.split(' ');
    const each: Executed[] = [];
    for (const [place, time] of times.entries()) {
      const [ns, status] = time.split(':').map(Number);
      const stdout = await readFile(outputs[place] ?? '', 'utf8');
      if (status !== 0) {
        const program = executions[place]?.program ?? '';
        throw new LabError(`${program}: wait status ${status}: ${stdout.trim()}`);
      }
      each.push({ ms: (ns ?? Number.NaN) / 1e6, stdout });
    }
    return { ms: Number(total) / 1e6, each };
  }
}
