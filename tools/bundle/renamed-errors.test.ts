import { describe, expect, it } from 'vitest';
import { renamedErrors } from './renamed-errors.js';

const code = (module: string, name: string): string =>
  `// ../net/src/error.ts\nvar PoplinError = class extends Error {};\n\n// ${module}\nvar ${name} = class extends PoplinError {};\n`;

describe('the errors of a bundle', () => {
  it('are found when one of ours got a number', () => {
    expect(renamedErrors(code('src/room.ts', 'RoomError2'))).toEqual(['RoomError2']);
  });

  it('keep their names otherwise', () => {
    expect(renamedErrors(code('src/room.ts', 'RoomError'))).toEqual([]);
  });

  it('of packages of others may be called anything', () => {
    const module = '../../node_modules/commander/lib/error.js';
    expect(renamedErrors(code(module, 'CommanderError2'))).toEqual([]);
  });
});
