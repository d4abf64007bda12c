import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { type DemoOptions, demoCommand } from './options.js';

/** Reads arguments as a person would type them, with messages thrown instead of printed. */
function parse(...args: readonly string[]): DemoOptions {
  const command = demoCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<DemoOptions>();
}

describe('the options of the demo', () => {
  it('are three nodes with two pods each over host-gw, routed, by default', () => {
    expect(parse()).toEqual({
      ...{ nodes: 3, pods: 2, backend: 'host-gw', attach: 'routed' },
      ...{ json: false, keep: false, stop: false },
    });
  });

  it.each(['0', '11', '-1', '2.5', 'three', ''])('refuse %j nodes', (count) => {
    expect(() => parse(`--nodes=${count}`)).toThrow(CommanderError);
  });

  it('refuse an unknown backend and name those that are known', () => {
    expect(() => parse('--backend', 'carrier-pigeon')).toThrow(/host-gw/);
  });

  it('refuse an unknown attach mode and name those that are known', () => {
    expect(() => parse('--attach', 'glued')).toThrow(/routed, bridge/);
  });

  it('refuse an unknown option and name the nearest', () => {
    expect(() => parse('--node', '3')).toThrow(/--nodes/);
  });
});
