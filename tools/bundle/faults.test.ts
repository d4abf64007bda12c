import { describe, expect, it } from 'vitest';
import { faultsOf } from './faults.js';

const module = (name: string, code: string): string =>
  `var a = 1;\n\n// ../net/src/error.ts\nvar PoplinError = class extends Error {};\n\n// ${name}\n${code}\n`;

describe('a bundle', () => {
  it('has no error of ours under another name', () => {
    expect(
      faultsOf(module('src/room.ts', 'var RoomError2 = class extends PoplinError {};')),
    ).toEqual(['src/room.ts: RoomError2 is not its name; another class has it, too']);
    expect(
      faultsOf(module('src/room.ts', 'var RoomError = class extends PoplinError {};')),
    ).toEqual([]);
  });

  it('may call errors of others anything', () => {
    const name = '../../node_modules/commander/lib/error.js';
    expect(faultsOf(module(name, 'var CommanderError2 = class extends Error {};'))).toEqual([]);
  });

  it('has no package that reads its own folder', () => {
    const code = 'var file = `$' + '{__dirname}/rpc.proto`;';
    expect(faultsOf(module('../../node_modules/some/lib/rpc.js', code))).toEqual([
      '../../node_modules/some/lib/rpc.js reads its own folder: name it in tools/bundle/folders-of-others.js',
    ]);
  });

  it('has no handle that esbuild lets go', () => {
    const code = 'const one = __using(_stack, open());';
    expect(faultsOf(module('src/room.ts', code))).toEqual([
      'src/room.ts: `using` is put into other words by esbuild',
    ]);
  });

  it('may have one that is never asked for what it would read', () => {
    const name = '../../node_modules/@grpc/grpc-js/build/src/orca.js';
    expect(faultsOf(module(name, 'const folder = __dirname;'))).toEqual([]);
  });
});
