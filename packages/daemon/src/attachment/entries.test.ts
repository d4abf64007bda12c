import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@poplin/net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Entries } from './entries.js';
import { hostLinkName, keyText } from './identity.js';
import type { AttachmentRecord } from './record.js';
import { RecordStore } from './record-store.js';
import { sampleRecord } from './testing/sample-record.js';

let directory: string;
let entries: Entries;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poplin-entries-'));
  entries = new Entries(new RecordStore(directory, silentLog));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const containers = ['c1', 'c2', 'c3'];
const ifnames = ['eth0', 'net1'];
const inodes = ['7', '8'];

const key = fc.record({
  containerId: fc.constantFrom(...containers),
  ifname: fc.constantFrom(...ifnames),
});
const record: fc.Arbitrary<AttachmentRecord> = fc
  .tuple(key, fc.constantFrom(...inodes), fc.boolean())
  .map(([name, inode, hasPort]) =>
    sampleRecord({
      ...name,
      netns: { path: '/run/netns/p', device: '4', inode },
      hostLink: hostLinkName(name),
      portMappings: hasPort ? [{ protocol: 'tcp', hostPort: 80, containerPort: 80 }] : [],
    }),
  );
const step = fc.oneof(
  record.map((one) => () => entries.keep({ record: one, ends: undefined })),
  record.map((one) => () => entries.set({ record: one, ends: { host: 5, pod: 2 } })),
  key.map((one) => () => {
    const entry = entries.get(one);
    if (entry) entries.set({ ...entry, ends: { host: 6, pod: 2 } });
  }),
  key.map((one) => () => entries.forget(one)),
);

/** What looking through all records finds. */
function expectTrue(): void {
  const all = entries.records();
  const texts = (some: Iterable<AttachmentRecord>) => [...some].map(keyText).sort();
  const those = (is: (one: AttachmentRecord) => boolean) => texts(all.filter(is));
  for (const containerId of containers) {
    expect(texts(entries.ofContainer(containerId))).toEqual(
      those((one) => one.containerId === containerId),
    );
    for (const ifname of ifnames) {
      const name = hostLinkName({ containerId, ifname });
      expect(entries.usesLink(name)).toBe(all.some(({ hostLink }) => hostLink === name));
    }
  }
  for (const inode of inodes) {
    expect(texts(entries.inNamespace({ device: '4', inode }))).toEqual(
      those(({ netns }) => netns.inode === inode),
    );
    expect(entries.inNamespace({ device: '5', inode })).toEqual([]);
  }
  expect(texts(entries.withPorts())).toEqual(those(({ portMappings }) => portMappings.length > 0));
}

describe('what attachments have in common', () => {
  it('is found as if all were looked through, whatever came and went', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        for (const act of steps) {
          act();
          expectTrue();
        }
        for (const one of entries.records()) entries.forget(one);
        expectTrue();
      }),
    );
  });
});
