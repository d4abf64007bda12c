/** One area that can be measured. */
export interface BenchArea {
  readonly name: string;
  /** One sentence for the list of areas. */
  readonly description: string;
  /** How many rounds make a figure worth telling. */
  readonly defaultRounds: number;
  /** True for an area whose report has a plot. */
  readonly draws?: boolean;
  /** True for an area that boots another kernel where that of the machine lacks something. */
  readonly bootsOtherKernel?: boolean;
  readonly run: (options: BenchOptions) => Promise<BenchReport>;
}

/** How to measure. */
export interface BenchOptions {
  readonly rounds: number;
  /** False: nothing is measured inside another kernel. */
  readonly otherKernel: boolean;
  /** Hears what is being done. */
  readonly progress: (what: string) => void;
}

/** What was measured: a document for machines, and the same as text. */
export interface BenchReport {
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The same as a drawing, SVG; absent where the area has none. */
  readonly plot?: string;
}
