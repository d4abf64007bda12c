/** Packages that read files of their own when they are used: the files come along. */
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** For each of them the folder that it reads, as it lies in the package; its modules ask for it by `__dirname`. */
const foldersRead = {
  etcd3: 'proto',
  'grpc-health-check': 'proto',
  '@grpc/reflection': 'build/proto/grpc',
};

/**
 * A plugin of esbuild that copies these folders to `FOLDER/PACKAGE` and tells the modules that they lie there.
 *
 * @param {string} bundleFolder
 */
export function foldersOfOthers(bundleFolder) {
  return {
    name: 'folders of others',
    setup({ onLoad }) {
      for (const [name, read] of Object.entries(foldersRead)) {
        const place = `/node_modules/${name}/`;
        onLoad({ filter: new RegExp(`${place}.*\\.js$`) }, ({ path }) => {
          const folder = path.slice(0, path.indexOf(place) + place.length);
          const inside = relative(folder, dirname(path));
          // A package of that package's own.
          if (inside.includes('node_modules')) return undefined;
          cpSync(join(folder, read), join(bundleFolder, name, read), { recursive: true });
          const there = `(bundleFolder + ${JSON.stringify(`/${name}/${inside}`)})`;
          return { contents: readFileSync(path, 'utf8').replaceAll('__dirname', there) };
        });
      }
    },
  };
}
