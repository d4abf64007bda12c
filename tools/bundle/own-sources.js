/** What our sources say in words that a bundler does not follow. */
import { readFileSync } from 'node:fs';
import { transformSource } from './source-rules.js';

/** A plugin of esbuild that applies {@link transformSource} to Poplin's own modules. */
export function ownSources() {
  return {
    name: 'own sources',
    setup({ onLoad }) {
      onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
        contents: transformSource(path, readFileSync(path, 'utf8')),
        loader: 'ts',
      }));
    },
  };
}
