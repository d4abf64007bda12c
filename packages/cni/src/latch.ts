/** A promise and the function that fulfils it. */
export function latch<T>(): { readonly came: Promise<T>; readonly give: (value: T) => void } {
  let give: (value: T) => void = () => {};
  const came = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { came, give };
}
