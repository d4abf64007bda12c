/** Tells on standard error of each part when it is done, with the seconds since the one before. */
export function makeProgress(): (what: string) => void {
  let last = performance.now();
  return (what) => {
    const now = performance.now();
    process.stderr.write(`demo   ${what} (${((now - last) / 1000).toFixed(2)} s)\n`);
    last = now;
  };
}
