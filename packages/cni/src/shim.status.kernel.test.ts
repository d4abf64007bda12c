import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOf } from './run-shim.js';
import { nodeEnv, Stage } from './stage.js';
import { serveHttp2 } from './stand-in.js';

const stage = new Stage();
const well = { exitCode: 0, stdout: '', stderr: '' };

/** Milliseconds since boot, suspension included: CLOCK_BOOTTIME is what /proc/uptime shows. */
const sinceBoot = () => Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000);

/** Leaves a heartbeat of this age beside a socket that nobody serves. */
function beat(ageMs: number, state: string): void {
  stage.freshSocket();
  writeFileSync(join(stage.runDir, 'heartbeat'), `${sinceBoot() - ageMs} ${state}\n`);
}

const run = () => stage.run(nodeEnv('STATUS'), { cniVersion: '1.1.0' });

describe('STATUS without a daemon', () => {
  it.each([
    ['just now', 0, 'serving'],
    ['just now', 0, 'degraded'],
    ['55 s ago', 55_000, 'serving'],
    ['55 s ago', 55_000, 'degraded'],
    ['2 s ahead, as rounding may have it', -2_000, 'serving'],
  ])('succeeds when its last word, %s, is young', async (_when, age, state) => {
    beat(age, state);
    expect(await run()).toEqual(well);
  });

  it('succeeds when the daemon goes away during the call, as one that restarts does', async () => {
    beat(1_000, 'serving');
    stage.standIn = await serveHttp2(stage.socket, (stream) => stream.session?.destroy());
    expect(await run()).toEqual(well);
  });

  it.each([
    ['serving', 50],
    ['degraded', 51],
  ])('tells how long the daemon has been away when its last word was %s', async (state, code) => {
    beat(125_000, state);
    const error = errorOf(await run());
    expect(error).toMatchObject({ cniVersion: '1.1.0', code });
    expect(error.msg).toMatch(/has been away for 12[5-9] s/);
    expect(error.msg).toContain('systemctl status poplind');
  });

  it('turns over after a minute', async () => {
    beat(60_100, 'serving');
    expect(errorOf(await run()).code).toBe(50);
  });

  const none: readonly [string, () => void][] = [
    ['there is none', () => stage.freshSocket()],
    ['it is of the future', () => beat(-60_000, 'degraded')],
    ['it is empty', () => write('')],
    ['its line has no end', () => write(`${sinceBoot()} serving`)],
    ['its word is unknown', () => write(`${sinceBoot()} fine\n`)],
    ['its time is none', () => write('now serving\n')],
    ['its time is negative', () => write('-5 serving\n')],
    ['its time has too many digits', () => write(`${'1'.repeat(40)} serving\n`)],
    ['it has two lines', () => write(`${sinceBoot()} serving\n${sinceBoot()} serving\n`)],
    ['it is long', () => write(`${sinceBoot()} serving\n${'x'.repeat(9999)}`)],
    ['it is a directory', () => mkdirSync(join(fresh(), 'heartbeat'))],
    ['it is a pipe', () => execFileSync('mkfifo', [join(fresh(), 'heartbeat')])],
  ];

  it.each(none)('leads to code 50 when it knows of no heartbeat: %s', async (_why, prepare) => {
    prepare();
    const error = errorOf(await run());
    expect(error).toMatchObject({
      code: 50,
      msg: expect.stringContaining(join(stage.runDir, 'heartbeat')),
    });
  });

  it('is not fooled by a heartbeat when the socket can never be connected', async () => {
    stage.socket = '/dev/null/poplin.sock';
    expect(errorOf(await run()).code).toBe(5);
  });
});

function fresh(): string {
  stage.freshSocket();
  return stage.runDir;
}

function write(text: string): void {
  writeFileSync(join(fresh(), 'heartbeat'), text);
}
