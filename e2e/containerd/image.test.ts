import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packImage } from './image.js';
import { packTar } from './tar.js';

/** Everything is read back with GNU tar. */
const list = (archive: Buffer): readonly string[] =>
  execFileSync('tar', ['-tv', '--numeric-owner', '--full-time', '--utc'], { input: archive })
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' '));
const extract = (archive: Buffer, path: string): Buffer =>
  execFileSync('tar', ['-xO', path], { input: archive });

describe('an archive', () => {
  it('holds files with their modes, owned by root', () => {
    const content = Buffer.alloc(1000, 'x');
    const archive = packTar([
      { path: 'bin/program', content, mode: 0o755 },
      { path: 'empty', content: Buffer.alloc(0) },
    ]);
    expect(list(archive)).toEqual([
      '-rwxr-xr-x 0/0 1000 1970-01-01 00:00:00 bin/program',
      '-rw-r--r-- 0/0 0 1970-01-01 00:00:00 empty',
    ]);
    expect(extract(archive, 'bin/program')).toEqual(content);
  });

  it.each([0, 1, 511, 512, 513])('of a file of %i bytes is whole blocks', (size) => {
    const content = Buffer.alloc(size, 'y');
    const archive = packTar([{ path: 'file', content }]);
    expect(archive.length % 512).toBe(0);
    expect(extract(archive, 'file')).toEqual(content);
  });
});

describe('an image', () => {
  const archive = packImage({
    name: 'lab.test/it:1',
    files: [{ path: 'it', content: Buffer.from('program'), mode: 0o755 }],
    entrypoint: ['/it'],
    env: { KEY: 'value' },
  });
  interface Descriptor {
    readonly digest: string;
    readonly size: number;
  }
  const read = ({ digest, size }: Descriptor): Buffer => {
    const blob = extract(archive, `blobs/${digest.replace(':', '/')}`);
    expect(blob.length).toBe(size);
    expect(`sha256:${createHash('sha256').update(blob).digest('hex')}`).toBe(digest);
    return blob;
  };
  const readJson = <T>(descriptor: Descriptor): T => JSON.parse(read(descriptor).toString()) as T;

  it('leads from its name to configuration and layer, by digests that are right', () => {
    const index = JSON.parse(extract(archive, 'index.json').toString()) as {
      readonly manifests: readonly [Descriptor & { readonly annotations: object }];
    };
    const [entry] = index.manifests;
    expect(entry.annotations).toEqual({ 'io.containerd.image.name': 'lab.test/it:1' });
    const manifest = readJson<{ config: Descriptor; layers: readonly [Descriptor] }>(entry);
    const [layer] = manifest.layers;
    expect(readJson(manifest.config)).toMatchObject({
      config: { Entrypoint: ['/it'], Env: ['KEY=value'] },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    });
    expect(extract(read(layer), 'it').toString()).toBe('program');
  });
});
