/** V8, which watches what is called, and compiles little yet. */
export interface WatchfulCompiler extends Disposable {
  /**
   * Has it compile, for all that it has seen by now, the functions that were called most; with each call some more.
   *
   * @param share - 0 to 1: how far the threshold goes down. A few functions at a time, since V8 keeps eight in mind, and forgets for long whatever comes
   *   on top.
   */
  compile(share: number): void;
}

/** Sets a flag of V8's, as on its command line: `--interrupt-budget=100`. */
export type SetFlag = (flag: string) => void;
