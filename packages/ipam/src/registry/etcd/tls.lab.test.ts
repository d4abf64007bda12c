import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@poplin/net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortTimings } from '../../testing/etcd-fixture.js';
import { createEtcdServer, type EtcdServer } from '../../testing/etcd-server.js';
import { openEtcdRegistry } from './etcd.js';

let folder: string;
let server: EtcdServer;

const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of its own. */
function makeAuthority(name: string): void {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  openssl('req', '-x509', ...newKey, ...files, '-subj', `/CN=${name}`, '-days', '2');
}

/** A certificate for 127.0.0.1, good for both ends of a connection. */
function makeCertificate(name: string, authority: string): void {
  writeFileSync(at('san'), 'subjectAltName=IP:127.0.0.1');
  openssl(
    'req',
    ...newKey,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}`,
  );
  const signer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
  const out = ['-out', `${name}.pem`, '-days', '2', '-extfile', 'san'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signer, ...out);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poplin-tls-'));
  for (const authority of ['ca', 'other']) makeAuthority(authority);
  makeCertificate('server', 'ca');
  makeCertificate('client', 'ca');
  server = await createEtcdServer({
    ca: at('ca.pem'),
    cert: at('server.pem'),
    key: at('server.key'),
  });
  await server.start();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const open = (tls: { ca: string; cert?: string; key?: string }, signal?: AbortSignal) =>
  openEtcdRegistry({
    endpoints: [server.endpoint],
    log: silentLog,
    timings: shortTimings,
    tls: Object.fromEntries(Object.entries(tls).map(([k, name]) => [k, readFileSync(at(name))])),
    signal,
  });
const own = { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' };

describe('an etcd behind TLS', () => {
  it('serves who trusts its authority and shows a certificate', async () => {
    await using registry = await open(own);
    await registry.commit({ when: [], do: [{ put: 'k', value: 'v' }] });
    expect((await registry.get('k'))?.value).toBe('v');
  });

  it.each([
    ['does not trust its authority', { ...own, ca: 'other.pem' }],
    ['shows no certificate', { ca: 'ca.pem' }],
  ])('is not there for who %s', async (_what, tls) => {
    const patience = AbortSignal.timeout(3_000);
    await expect(open(tls, patience)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
