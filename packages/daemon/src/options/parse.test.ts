import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../config/error.js';
import type { Terminal } from './flags.js';
import { type DaemonOptions, parseOptions } from './parse.js';
import { registryHosts } from './registry.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'poplin-options-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(content: string, name = 'poplind.yaml'): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

/** Options of a node with a name that holds on every machine. */
function parse(args: string[] = [], env: Record<string, string> = {}): DaemonOptions {
  return parseOptions(args, { POPLIN_NODE_NAME: 'worker-1', ...env });
}

function refused(args: string[], env: Record<string, string> = {}): ConfigError {
  try {
    parse(args, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`not refused: ${args.join(' ')}`);
}

describe('parseOptions', () => {
  it('has a default for everything', () => {
    expect(parse()).toEqual({
      nodeName: 'worker-1',
      registry: { kind: 'embedded' },
      interface: { by: 'default' },
      socket: '/run/poplin/poplin.sock',
      stateDir: '/var/lib/poplin',
      backendDir: '/var/lib/poplin/backends',
      logLevel: 'info',
      logFormat: 'auto',
      rehearsal: 'on',
    });
  });

  it('names the node after the host', () => {
    const expected = hostname().toLowerCase();
    expect(parseOptions([], {}).nodeName).toBe(expected);
  });

  it.each([
    ['embedded', []],
    ['etcd://10.0.0.1:2379,a.example', ['10.0.0.1', 'a.example']],
    ['etcds://[fd00::1]:23790/', ['fd00::1']],
  ])('knows the hosts of %s', (text, hosts) => {
    expect(registryHosts(parse(['--registry', text]).registry)).toEqual(hosts);
  });

  it('takes TLS files for etcds://', () => {
    const args = [
      '--registry=etcds://a:1',
      '--registry-ca=ca',
      '--registry-cert=c',
      '--registry-key=k',
    ];
    expect(parse(args).registry).toEqual({
      kind: 'etcd',
      endpoints: ['a:1'],
      tls: { ca: 'ca', cert: 'c', key: 'k' },
    });
  });

  it('prefers flag to variable to file to default', () => {
    const config = file('nodeName: from-file\nlogLevel: warn\nsocket: /from/file\nstateDir: /s\n');
    const args = ['--config', config, '--node-name', 'from-flag'];
    const env = { POPLIN_NODE_NAME: 'from-env', POPLIN_SOCKET: '/from/env', POPLIN_STATE_DIR: '' };
    expect(parse(args, env)).toMatchObject({
      nodeName: 'from-flag',
      socket: '/from/env',
      stateDir: '/s',
      logLevel: 'warn',
      logFormat: 'auto',
      configFile: config,
    });
  });

  it('finds the file by POPLIN_CONFIG', () => {
    const config = file('{"logFormat": "json"}', 'poplind.json');
    expect(parse([], { POPLIN_CONFIG: config }).logFormat).toBe('json');
  });

  it('reads a registry with its TLS files and the initial cluster configuration from the file', () => {
    const config = file(
      'registry: { url: "etcds://a:1", ca: /ca.pem }\ncluster: { attach: { mode: bridge } }\n',
    );
    expect(parse(['--config', config])).toMatchObject({
      registry: { tls: { ca: '/ca.pem' } },
      cluster: { attach: { mode: 'bridge' }, backend: { type: 'host-gw' } },
    });
  });
});

describe('parseOptions refuses', () => {
  it.each([
    ['--regisrty', '--registry'],
    ['--node_name=x', '--node-name'],
    ['--sockt', '--socket'],
  ])('%s and names %s', (flag, guess) => {
    const error = refused([flag]);
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toBe(`unknown flag ${flag.split('=')[0]}; did you mean ${guess}?`);
  });

  it('a flag that is like no other, without a guess', () => {
    expect(refused(['--frobnicate']).message).toBe('unknown flag --frobnicate');
  });

  it('a flag without its value, and arguments that are no flags', () => {
    expect(refused(['--registry']).message).toContain("'--registry <URL>' argument missing");
    expect(refused(['start']).message).toContain('too many arguments');
  });

  it.each([['Worker_1'], ['-a'], ['a..b'], ['a'.repeat(64)], ['ünder'], [`${'a.'.repeat(127)}a`]])(
    '"%s" as a node name',
    (name) => {
      expect(refused([`--node-name=${name}`]).message).toContain('is not a node name');
    },
  );

  it.each([
    ['etcd://'],
    ['etcd://a:0'],
    ['etcd://a:70000'],
    ['etcd://a,,b'],
    ['etcd://fd00::1:2379'],
    ['etcd://[10.0.0.1]:1'],
    ['http://a:1'],
    [''],
  ])('%j as a registry', (text) => {
    expect(refused([`--registry=${text}`]).message).toContain('etcd://HOST:PORT');
  });

  it('TLS files without TLS, and a certificate without its key', () => {
    expect(refused(['--registry=etcd://a', '--registry-ca=x']).message).toContain('uses no TLS');
    expect(refused(['--registry-ca=x']).message).toContain('"embedded" uses no TLS');
    expect(refused(['--registry=etcds://a', '--registry-cert=x']).message).toContain(
      'without its key',
    );
  });

  it('an interface name of 16 bytes', () => {
    expect(refused(['--interface', 'a234567890123456']).message).toContain('has 16 bytes');
  });

  it('all values that are wrong, each with where it was given', () => {
    const config = file('logFormat: jsn\n');
    const { message } = refused(['--config', config, '--interface=10.0.0.5/24'], {
      POPLIN_LOG_LEVEL: 'inf',
      POPLIN_SOCKET: 'relative.sock',
    });
    expect(message.split('\n')).toEqual([
      'options: 4 problems',
      '  --interface: "10.0.0.5/24" has bits set beyond its prefix length. Write 10.0.0.0/24',
      '  POPLIN_SOCKET: "relative.sock" is not an absolute path',
      '  POPLIN_LOG_LEVEL: "inf" is not one of trace, debug, info, warn, error. Did you mean info?',
      `  logFormat in ${config}: "jsn" is not one of json, pretty, auto. Did you mean json?`,
    ]);
  });

  it('a named file that is not there', () => {
    const error = refused(['--config', join(dir, 'absent.yaml')]);
    expect(error.code).toBe('CONFIG_FILE');
    expect(error.message).toContain('which --config names');
    expect(error.message).toContain('ENOENT');
  });

  it('everything that is wrong in the file at once', () => {
    const config = file(
      'nodename: x\nsocket: 3\nregistry: { uri: "etcd://a" }\ncluster: { pols: [] }\n',
    );
    const error = refused(['--config', config]);
    expect(error.code).toBe('CONFIG_FILE');
    expect(error.message.split('\n')[0]).toBe(`${config}: ${error.problems.length} problems`);
    const lines = error.problems.map(({ path, message }) => `${path}: ${message}`);
    expect(lines).toContain('socket: must be a string, not 3');
    expect(lines).toContain('nodename: unknown key; did you mean nodeName?');
    expect(lines).toContain('registry.uri: unknown key; did you mean url?');
    expect(lines).toContain('cluster.pols: unknown key; did you mean pools?');
  });

  it('a file that is no YAML', () => {
    const error = refused(['--config', file('a: [1')]);
    expect(error).toMatchObject({ code: 'CONFIG_FILE' });
    expect(error.message).toContain('line 1, column 6');
  });
});

describe('--help and --version', () => {
  function shown(flag: string): string {
    const stop = new Error('done');
    let text = '';
    const terminal: Terminal = {
      print: (part) => {
        text += part;
      },
      done: () => {
        throw stop;
      },
    };
    expect(() => parseOptions([flag], {}, '1.2.3', terminal)).toThrow(stop);
    return text;
  }

  it('prints the version', () => expect(shown('--version')).toBe('1.2.3\n'));

  it('prints every flag with its default, and examples', () => {
    const help = shown('--help');
    for (const text of [
      '--node-name <NAME>',
      '--registry-ca <FILE>',
      '(default: /run/poplin/poplin.sock)',
      '(default: /etc/poplin/poplind.yaml if it exists)',
      'POPLIN_NODE_NAME',
      'Examples:',
    ]) {
      expect(help.replace(/\s+/g, ' ')).toContain(text);
    }
  });
});
