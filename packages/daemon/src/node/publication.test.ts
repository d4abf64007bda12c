import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedRegistry, parseNodeRecord, type Registry, RegistryError } from '@poplin/ipam';
import { parseIp, silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NodePublication } from './publication.js';

let folder: string;
let registry: Registry;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poplin-publication-'));
  registry = await openEmbeddedRegistry({ file: join(folder, 'r.json'), log: silentLog });
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const facts = {
  name: 'n1',
  id: 'id-n1',
  addresses: [parseIp('192.168.7.1')],
  backends: [{ type: 'host-gw', data: {}, shared: {} }],
  version: '1',
};
const recorded = async () => {
  const entry = await registry.get('nodes/n1');
  const parsed = entry && parseNodeRecord(entry.key, entry.value);
  return parsed?.ok ? parsed.record : undefined;
};

describe('NodePublication', () => {
  it('keeps what one part says when another says something else', async () => {
    using publication = new NodePublication(registry, facts, silentLog);
    await Promise.all([
      publication.change({ mtu: 9000 }),
      publication.change({ backends: [{ type: 'vxlan', data: {}, shared: { vni: 1 } }] }),
    ]);
    expect(await recorded()).toMatchObject({
      mtu: 9000,
      addresses: ['192.168.7.1'],
      backends: [{ type: 'vxlan', shared: { vni: 1 } }],
    });
  });

  it('waits for a registry that is away', async () => {
    vi.spyOn(registry, 'commit').mockRejectedValueOnce(new RegistryError('UNAVAILABLE', 'away'));
    using publication = new NodePublication(registry, facts, silentLog);
    await publication.change({});
    expect(await recorded()).toMatchObject({ name: 'n1' });
  });

  it('throws what the registry refuses for good, and works again afterwards', async () => {
    vi.spyOn(registry, 'commit').mockRejectedValueOnce(new RegistryError('PERMISSION', 'no'));
    using publication = new NodePublication(registry, facts, silentLog);
    await expect(publication.change({})).rejects.toMatchObject({ code: 'PERMISSION' });
    await publication.change({ mtu: 1400 });
    expect(await recorded()).toMatchObject({ mtu: 1400 });
  });

  it('waits no longer when it is disposed of', async () => {
    vi.spyOn(registry, 'commit').mockRejectedValue(new RegistryError('UNAVAILABLE', 'away'));
    const publication = new NodePublication(registry, facts, silentLog);
    const change = publication.change({});
    await new Promise((resolve) => setImmediate(resolve));
    publication[Symbol.dispose]();
    await expect(change).rejects.toMatchObject({ name: 'AbortError' });
  });
});
