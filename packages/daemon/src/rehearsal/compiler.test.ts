import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each(['--flush-bytecode', '--interrupt-budget'])('V8 knows the flag %s', (flag) => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(known).toContain(`  ${flag} (`);
});
