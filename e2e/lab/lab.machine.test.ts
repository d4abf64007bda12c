import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LabError } from './error.js';
import { Lab } from './lab.js';
import { LabProcess } from './process.js';
import { identify, ownIdentity, readRecords, writeRecord } from './record.js';
import { namespacesOf, processesOf, sweepLabs } from './sweep.js';
import { waitUntil } from './wait.js';

describe('a lab', () => {
  it('lets its hosts reach each other, the registry and the outside', async () => {
    await using lab = await Lab.create({ nodes: 2, start: false });
    const [first, second] = lab.hosts;
    for (const target of [second?.address, '192.168.77.250', '192.168.77.200'])
      await first?.namespace.must(['ping', '-n', '-c1', '-W2', String(target)]);
    expect(await first?.namespace.addresses()).toEqual(['192.168.77.11']);
  });

  it('has an etcd that hosts reach over the underlay, and none with one host', async () => {
    await using lab = await Lab.create({ nodes: 2, start: false });
    expect(lab.etcd?.url).toBe('etcd://192.168.77.250:2379');
    const request = ['socat', '-t5', '-', 'TCP:192.168.77.250:2379'];
    const input = 'GET /version HTTP/1.0\r\n\r\n';
    expect(await lab.host('n2').namespace.must(request, { input })).toContain('etcdserver');

    await using small = await Lab.create({ nodes: 1, start: false });
    expect(small.etcd).toBeUndefined();
    expect(small.host('n1').registry).toBe('embedded');
  });

  it('keeps the data of etcd over its restart', async () => {
    await using lab = await Lab.create({ nodes: 2, start: false });
    const before = readdirSync(`${lab.folder}/etcd/data/member`);
    await lab.etcd?.restart();
    expect(readdirSync(`${lab.folder}/etcd/data/member`)).toEqual(before);
  });

  it('leaves no namespace, process, file or record behind', async () => {
    const { id, folder } = await inLab(async (lab) => {
      expect(namespacesOf(lab.id).map((name) => name.replace(lab.id, ''))).toEqual(
        expect.arrayContaining(['-net', '-outside', '-n1', '-n2']),
      );
      expect(processesOf(lab.id)).toHaveLength(1);
      return { id: lab.id, folder: lab.folder };
    });
    expect(namespacesOf(id)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(readRecords().map((record) => record.id)).not.toContain(id);
  });

  it('ends also what runs unmarked in its cgroups', async () => {
    const lab = await Lab.create({ nodes: 1, start: false });
    const tree = existsSync('/sys/fs/cgroup/pids') ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup';
    mkdirSync(`${tree}/${lab.id}/n1`, { recursive: true });
    const unmarked = spawn('sleep', ['60'], { env: {} });
    writeFileSync(`${tree}/${lab.id}/n1/cgroup.procs`, `${unmarked.pid}`);
    const ended = once(unmarked, 'exit');
    await lab[Symbol.asyncDispose]();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(existsSync(`${tree}/${lab.id}`)).toBe(false);
  });

  it('refuses more hosts than there are addresses for', async () => {
    await expect(Lab.create({ nodes: 11 })).rejects.toThrow(LabError);
  });

  it('takes away what was made when it is interrupted while being made', async () => {
    const abort = new AbortController();
    const ids: string[] = [];
    const progress = (): void => {
      const own = readRecords().filter(({ owner }) => owner.pid === process.pid);
      ids.push(...own.map(({ id }) => id));
      abort.abort();
    };
    await expect(
      Lab.create({ nodes: 3, start: false, signal: abort.signal, progress }),
    ).rejects.toThrow();
    expect(ids.flatMap(namespacesOf)).toEqual([]);
  });
});

describe('sweeping', () => {
  it('takes away the lab of a dead owner, processes included', async () => {
    await using lab = await Lab.create({ nodes: 2, start: false });
    writeRecord({ id: lab.id, folder: lab.folder, owner: await deadProcess(), isKept: false });
    expect(await sweepLabs({ kept: false })).toContain(lab.id);
    expect(namespacesOf(lab.id)).toEqual([]);
    expect(existsSync(lab.folder)).toBe(false);
  });

  it('takes the pid of a dead owner for dead when another process has it now', async () => {
    await using lab = await Lab.create({ nodes: 1, start: false });
    const owner = { pid: process.pid, startTime: '1' };
    writeRecord({ id: lab.id, folder: lab.folder, owner, isKept: false });
    expect(await sweepLabs({ kept: false })).toContain(lab.id);
  });

  it('never touches a lab whose owner is alive', async () => {
    await using lab = await Lab.create({ nodes: 1, start: false });
    expect(await sweepLabs({ kept: true })).not.toContain(lab.id);
    expect(namespacesOf(lab.id)).toHaveLength(3);
  });

  it('takes away a kept lab only when asked to', async () => {
    await using lab = await Lab.create({ nodes: 1, start: false });
    const owner = await deadProcess();
    writeRecord({ id: lab.id, folder: lab.folder, owner, isKept: true });
    expect(await sweepLabs({ kept: false })).not.toContain(lab.id);
    expect(await sweepLabs({ kept: true })).toContain(lab.id);
  });

  it('spares a process in a namespace of the lab that is not its own', async () => {
    await using lab = await Lab.create({ nodes: 1, start: false });
    const [file = '', ...args] = lab.host('n1').namespace.enter(['sleep', '60']);
    const visitor = spawn(file, args);
    try {
      const own = await LabProcess.start({
        name: 'sleep',
        lab: lab.id,
        namespace: lab.host('n1').namespace,
        argv: ['sleep', '60'],
        log: `${lab.folder}/sleep.log`,
      });
      await sleep(100);
      expect(processesOf(lab.id)).toEqual([own.pid]);
    } finally {
      visitor.kill();
    }
  });
});

describe('the identity of a process', () => {
  it('is that of this process while it lives, and none for a dead one', async () => {
    expect(identify(process.pid)).toEqual(ownIdentity());
    expect(identify((await deadProcess()).pid)).toBeUndefined();
  });

  it('is none for a process that is dead and waits for a parent that does not look', async () => {
    // sh becomes `sleep 60`, which never reaps the child that sh started before.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(String(line));
      expect(identify(pid)).toBeDefined();
      await waitUntil('the child is a zombie', () => identify(pid) === undefined);
      expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

async function inLab<T>(work: (lab: Lab) => Promise<T>): Promise<T> {
  await using lab = await Lab.create({ nodes: 2, start: false });
  return await work(lab);
}

/** Identity of a process that has ended. */
async function deadProcess(): Promise<ReturnType<typeof ownIdentity>> {
  const child = spawn('sleep', ['0.1']);
  const identity = identify(child.pid ?? 0);
  await new Promise((resolve) => child.on('exit', resolve));
  if (!identity) throw new Error('sleep ended before it was looked at');
  return identity;
}
