import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBackendFile } from './file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poplin-backends-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openBackendFile', () => {
  it('finds what the last run has left, and nothing before the first', () => {
    const first = openBackendFile(join(folder, 'state'), silentLog);
    expect(first.saved).toEqual([]);
    const backends = [
      { config: { type: 'vxlan', options: { vni: 2 } }, linkSuffix: '.b' as const },
      { config: { type: 'host-gw', options: {} }, linkSuffix: '' as const },
    ];
    first.keep(backends);
    expect(openBackendFile(join(folder, 'state'), silentLog).saved).toEqual(backends);
  });

  it.each(['', '{', '{}', '[{"config":{"type":"a","options":{}},"linkSuffix":".c"}]'])(
    'takes %j for nothing, and says so',
    (text) => {
      writeFileSync(join(folder, 'backends.json'), text);
      const warn = vi.fn();
      expect(openBackendFile(folder, { ...silentLog, warn }).saved).toEqual([]);
      expect(warn).toHaveBeenCalledOnce();
    },
  );
});
