/** The folder of this package, with its package.json: the same from `src`, from `dist` and from the bundle. */
export const ownFolder = new URL('..', import.meta.url);
