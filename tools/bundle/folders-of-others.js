/** Packages that read files of their own when they are used: the files come along. */
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** For each of them the folder that it reads; its modules ask for it by `__dirname`. */
const foldersRead = { 'grpc-health-check': 'proto', '@grpc/reflection': 'build/proto/grpc' };

/** A plugin of esbuild that copies these folders to `FOLDER/PACKAGE` and tells the modules that they lie there. */
export function foldersOfOthers(bundleFolder) {
  return {
    name: 'folders of others',
    setup({ onLoad }) {
      for (const [name, read] of Object.entries(foldersRead)) {
        onLoad({ filter: new RegExp(`/node_modules/${name}/build/src/.*\\.js$`) }, ({ path }) => {
          const home = path
            .slice(0, path.lastIndexOf(`/node_modules/${name}/`))
            .concat(`/node_modules/${name}`);
          cpSync(join(home, read), join(bundleFolder, name, read), { recursive: true });
          const place = JSON.stringify(`/${name}/${relative(home, dirname(path))}`);
          const text = readFileSync(path, 'utf8');
          return {
            contents: text.replaceAll('__dirname', `(bundleFolder + ${place})`),
            loader: 'js',
          };
        });
      }
    },
  };
}
