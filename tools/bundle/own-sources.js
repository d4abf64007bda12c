/** What our sources say in words that a bundler does not follow. */
import { readFileSync } from 'node:fs';
import { packagesRequired, transformSource } from './source-rules.js';
import { withoutUsing } from './without-using.js';

/**
 * A plugin of esbuild that applies the rules of `source-rules.js` to Poplin's own modules.
 *
 * @param {Map<string, string>} later gets the packages that are required later: name of the file, name of the package
 */
export function ownSources(later) {
  return {
    name: 'own sources',
    setup({ onLoad }) {
      onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        for (const [file, name] of packagesRequired(text)) later.set(file, name);
        return { contents: withoutUsing(path, transformSource(path, text)), loader: 'ts' };
      });
    },
  };
}
