import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { type Tampering, tamperings } from './kind.js';
import type { Repair } from './measure.js';

/** What came of a tampering, or why there was none. */
export type Outcome = Repair | string;

/** What came of every cell of the matrix. */
export class RepairTimes {
  readonly #rows = new Map<string, Map<Tampering, Outcome>>();
  readonly #load = loadavg()[0];

  /** A place in the table, which says that nothing is known until it is told. */
  cell(object: string, tampering: Tampering): (outcome: Outcome) => void {
    const row = this.#rows.get(object) ?? new Map<Tampering, Outcome>();
    this.#rows.set(object, row.set(tampering, 'not measured'));
    return (outcome) => void row.set(tampering, outcome);
  }

  /** The table of times, as Markdown. */
  get table(): string {
    const rows = [...this.#rows].map(([object, row]) => [
      object,
      ...tamperings.map((tampering) => cellText(row.get(tampering))),
    ]);
    const lines = [
      ['time to repair, ms', ...tamperings],
      ['---', '--:', '--:', '--:', '--:'],
      ...rows,
    ];
    return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }

  /** Writes the times as JSON into a folder, with what they were measured on; the load is that of the start. */
  write(folder: string): void {
    mkdirSync(folder, { recursive: true });
    const rows = [...this.#rows].map(([object, row]) => ({ object, ...Object.fromEntries(row) }));
    const machine = { kernel: release(), cpus: cpus().length, load: this.#load };
    writeFileSync(`${folder}/tamper.json`, `${JSON.stringify({ machine, rows }, undefined, 2)}\n`);
  }
}

function cellText(outcome: Outcome | undefined): string {
  return typeof outcome === 'object' ? outcome.ms.toFixed(0) : (outcome ?? 'not measured');
}
