import { expect, it } from 'vitest';
import { ConfigError } from '../config/error.js';
import { createLog, type LogOptions } from './create.js';

function logged(options: Omit<LogOptions, 'destination'>, isTTY = false) {
  const lines: string[] = [];
  const destination = { isTTY, write: (line: string) => lines.push(line) };
  return { log: createLog({ ...options, destination }), lines };
}

const failure = new ConfigError('CONFIG_FILE', 'cannot read /etc/x', {
  remedy: 'Make it readable',
  cause: Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }),
});

it('writes one JSON object per line with ISO time, level by name and bound facts', () => {
  const { log, lines } = logged({ level: 'info', format: 'json' });
  log.child({ node: 'worker-1' }).info({ peers: 3 }, 'synced');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    node: 'worker-1',
    peers: 3,
    msg: 'synced',
  });
});

it('writes nothing below its level', () => {
  const { log, lines } = logged({ level: 'warn', format: 'json' });
  log.info({}, 'quiet');
  log.debug({}, 'quiet');
  log.warn({}, 'loud');
  expect(lines).toHaveLength(1);
});

it.each(['err', 'error', 'reason'])('tells code, remedy and causes of an error under %s', (key) => {
  const { log, lines } = logged({ level: 'info', format: 'json' });
  log.error({ [key]: failure }, 'no configuration');
  expect(JSON.parse(lines[0] ?? '')[key]).toEqual({
    name: 'ConfigError',
    message: 'cannot read /etc/x',
    code: 'CONFIG_FILE',
    remedy: 'Make it readable',
    cause: {
      name: 'Error',
      message: 'EACCES: permission denied',
      code: 'EACCES',
      stack: expect.stringContaining('create.test.ts'),
    },
  });
});

it('writes a big integer as a number', () => {
  const { log, lines } = logged({ level: 'info', format: 'json' });
  log.info({ revision: 12n }, 'seen');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ revision: 12 });
});

it('writes time, level, message and facts for a person', () => {
  const { log, lines } = logged({ level: 'info', format: 'pretty' });
  log.info({ node: 'worker-1', cidr: '10.244.0.0/26', pod: 'a b' }, 'claimed a block');
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} INFO {2}claimed a block {2}node=worker-1 cidr=10\.244\.0\.0\/26 pod="a b"\n$/,
  );
});

it('puts an error with remedy and cause under its line', () => {
  const { log, lines } = logged({ level: 'info', format: 'pretty' });
  log.warn({ error: failure, node: 'w' }, 'retrying');
  const text = lines[0]?.split('\n') ?? [];
  expect(text[0]).toMatch(/ WARN {2}retrying {2}node=w$/);
  expect(text.slice(1, 4)).toEqual([
    '    error: cannot read /etc/x [CONFIG_FILE]',
    '    to do: Make it readable',
    '    caused by: EACCES: permission denied [EACCES]',
  ]);
  expect(text[4]).toMatch(/^ {4}at .*create\.test\.ts/);
});

it('lets no control character from outside reach the terminal', () => {
  const { log, lines } = logged({ level: 'info', format: 'pretty' });
  log.info({ pod: '\u001b[2J' }, 'pod \u001b[31m\rstarted');
  expect(lines[0]).not.toContain('\u001b');
  expect(lines[0]).not.toContain('\r');
});

it('is pretty and coloured on a terminal, JSON elsewhere, when the format is auto', () => {
  const terminal = logged({ level: 'info', format: 'auto' }, true);
  terminal.log.info({}, 'hello');
  expect(terminal.lines[0]).toContain('hello\n');
  expect(terminal.lines[0]).not.toContain('{');
  const pipe = logged({ level: 'info', format: 'auto' });
  pipe.log.info({}, 'hello');
  expect(JSON.parse(pipe.lines[0] ?? '')).toMatchObject({ msg: 'hello' });
});

it('cuts a chain of causes that bites its own tail', () => {
  const { log, lines } = logged({ level: 'info', format: 'json' });
  const error = new Error('round');
  error.cause = error;
  log.error({ error }, 'oops');
  expect(lines[0]?.match(/"message":"round"/g)).toHaveLength(8);
});
