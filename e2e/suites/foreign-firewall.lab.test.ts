import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  askStatus,
  checkout,
  type Host,
  Lab,
  type Pod,
  plainEnvironment,
  waitUntil,
} from '../lab/index.js';

const unpacked = `${checkout}/.cache/debian/iptables/usr`;
let lab: Lab;
let host: Host;
let pod: Pod;
let far: Pod;

beforeAll(async () => {
  lab = await Lab.create({ nodes: 2 });
  host = lab.host('n1');
  pod = await host.addPod('near');
  far = await lab.host('n2').addPod('far');
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Debian's iptables, on the node. */
function iptables(command: string): Promise<string> {
  const [libraries = ''] = readdirSync(`${unpacked}/lib`).filter((name) =>
    name.includes('-linux-'),
  );
  const env = { ...plainEnvironment, XTABLES_LIBDIR: `${unpacked}/lib/${libraries}/xtables` };
  return host.namespace.must([`${unpacked}/sbin/iptables-nft`, ...command.split(' ')], { env });
}
const passes = async (): Promise<boolean> =>
  (await pod.namespace.execute(['ping', '-n', '-c1', '-W1', far.ip])).status === 0;
const problems = async (): Promise<readonly string[]> =>
  (await askStatus(host.socket))?.problems ?? [];

it('a policy that drops what is forwarded is named by the status, with the command that helps', async () => {
  expect(await passes()).toBe(true);
  expect(await problems()).toEqual([]);
  await iptables('-P FORWARD DROP');
  expect(await passes()).toBe(false);
  const [problem] = await waitUntil('the status names it', async () => {
    const now = await problems();
    return now.length > 0 && now;
  });
  expect(problem).toMatch(/chain FORWARD .* iptables -I FORWARD -s 10\.244\.0\.0\/16 -j ACCEPT/);
});

it('packets pass as soon as Docker has its chain for the rules of others, and no problem is left', async () => {
  await iptables('-N DOCKER-USER');
  await iptables('-I FORWARD -j DOCKER-USER');
  await waitUntil('packets pass', passes);
  await waitUntil('there is no problem', async () => (await problems()).length === 0);
});

it('they pass while the daemon is away, and are let through again after it has come back', async () => {
  await host.stop();
  expect(await passes()).toBe(true);
  await iptables('-F DOCKER-USER');
  expect(await passes()).toBe(false);
  await host.start();
  await host.waitReady();
  await waitUntil('packets pass', passes);
  expect(await iptables('-S DOCKER-USER')).toMatch(/--comment poplin -j POPLIN-FORWARD/);
});
