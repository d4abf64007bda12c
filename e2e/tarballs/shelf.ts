import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../lab/artifacts.js';
import { must } from '../lab/execute.js';

/** Packages of ours that the author of a backend installs, and what these depend on. */
const ours = [
  'net',
  'netlink',
  'backend',
  'reconciler',
  'backend-conformance',
  'create-poplin-backend',
];
const theirs = ['zod', 'koffi', 'fast-check', 'pure-rand'];

const installFlags = [
  ...['--offline', '--ignore-scripts', '--omit=optional', '--omit=dev', '--legacy-peer-deps'],
  ...['--no-audit', '--no-fund', '--loglevel=error'],
];

/**
 * Packages as tarballs, as npm would publish them, and folders that they are installed into: without any registry, since every
 * dependency is among them. What nobody ships in a tarball of ours, the compiler and the test runner, is linked from the checkout.
 */
export class PackageShelf implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Packs all that a backend needs, out of what is built. */
  static async stock(): Promise<PackageShelf> {
    const shelf = new PackageShelf(await mkdtemp(join(tmpdir(), 'poplin-shelf-')));
    await mkdir(shelf.#tarballs);
    const modules = `${checkout}/node_modules`;
    const native = await readdir(`${modules}/@koromix`);
    await shelf.pack([
      ...ours.map((name) => `${checkout}/packages/${name}`),
      ...theirs.map((name) => `${modules}/${name}`),
      ...native.map((name) => `${modules}/@koromix/${name}`),
    ]);
    return shelf;
  }

  /** Packs these folders, too. @returns the tarballs. */
  async pack(folders: readonly string[]): Promise<readonly string[]> {
    const said = await must([
      ...['npm', 'pack', '--json', '--ignore-scripts', '--loglevel=error'],
      ...['--pack-destination', this.#tarballs, ...folders],
    ]);
    const packed = JSON.parse(said) as readonly { readonly filename: string }[];
    return packed.map(({ filename }) => join(this.#tarballs, filename));
  }

  /** Makes a folder with everything installed in it, in which packages can be developed. */
  async workshop(): Promise<string> {
    const folder = await this.#empty('workshop');
    const all = (await readdir(this.#tarballs)).map((file) => join(this.#tarballs, file));
    await this.#install(folder, all);
    const modules = join(folder, 'node_modules');
    for (const name of ['vitest', 'typescript', '@types']) {
      const target = join(modules, name);
      if (!existsSync(target)) await symlink(`${checkout}/node_modules/${name}`, target);
    }
    await mkdir(join(modules, '.bin'), { recursive: true });
    for (const [name, file] of Object.entries({
      tsc: 'typescript/bin/tsc',
      vitest: 'vitest/vitest.mjs',
    }))
      await symlink(join(modules, file), join(modules, '.bin', name));
    return folder;
  }

  /** Makes a folder for `--backend-dir`, as `npm install --prefix FOLDER TARBALL` leaves it. */
  async backendFolder(tarballs: readonly string[]): Promise<string> {
    const folder = await this.#empty('backends');
    const needed = (await readdir(this.#tarballs))
      .filter((file) => /^(zod|poplin-(net|backend))-\d/.test(file))
      .map((file) => join(this.#tarballs, file));
    await this.#install(folder, [...needed, ...tarballs]);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  get #tarballs(): string {
    return join(this.#folder, 'tarballs');
  }

  async #empty(role: string): Promise<string> {
    const folder = await mkdtemp(join(this.#folder, `${role}-`));
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    return folder;
  }

  async #install(folder: string, tarballs: readonly string[]): Promise<void> {
    await must(['npm', 'install', '--prefix', folder, ...installFlags, ...tarballs], {
      timeoutMs: 120_000,
    });
  }
}
