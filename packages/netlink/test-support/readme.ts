import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const packageFolder = new URL('../', import.meta.url);

/** A program in the README. */
export interface Example {
  /** The heading it stands under, and its number there. */
  readonly title: string;
  readonly source: string;
  /** What it says that it prints: the comments `// → …`, line by line. */
  readonly prints: readonly string[];
}

/** The programs of this package's README: its blocks of TypeScript. */
export function readmeExamples(): Example[] {
  const readme = readFileSync(new URL('README.md', packageFolder), 'utf8');
  const examples: Example[] = [];
  let heading = '';
  for (const [, title, source] of readme.matchAll(/^#+ (.+)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    if (source === undefined) continue;
    const number = examples.filter((example) => example.title.startsWith(heading)).length + 1;
    examples.push({ title: `${heading} ${number}`, source, prints: promised(source) });
  }
  return examples;
}

function promised(source: string): string[] {
  return [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text ?? '');
}

/**
 * Runs a program as a user would who has installed the package: from its own file, against what was built. Compiled first,
 * as Node 20 knows neither types nor `using`.
 *
 * @returns what it prints, line by line.
 */
export function runExample({ source }: Example): string[] {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  // Inside the package, so that its own name and its dependencies are found.
  const folder = mkdtempSync(new URL('.readme-', packageFolder).pathname);
  try {
    writeFileSync(`${folder}/example.mjs`, outputText);
    const output = execFileSync(process.execPath, [`${folder}/example.mjs`], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return output.trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
