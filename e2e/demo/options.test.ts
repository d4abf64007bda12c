import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { type DemoOptions, demoCommand, parseOptions } from './options.js';

/** Reads arguments as a person would type them, with messages thrown instead of printed. */
function parse(...args: readonly string[]): DemoOptions {
  const command = demoCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return parseOptions(['node', 'demo', ...args], command);
}

describe('the options of the demo', () => {
  it('are three nodes with two pods each over host-gw, routed, on one IPv4 subnet, by default', () => {
    expect(parse()).toEqual({
      ...{ nodes: 3, pods: 2, backend: 'host-gw', attach: 'routed' },
      ...{ family: 'ipv4', subnets: 1 },
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

  it('refuse an unknown family and name those that are known', () => {
    expect(() => parse('--family', 'ipx')).toThrow(/ipv4, ipv6, dual/);
  });

  it.each(['0', '5', 'two'])('refuse %j subnets', (count) => {
    expect(() => parse('--nodes=10', `--subnets=${count}`)).toThrow(CommanderError);
  });

  it('refuse more subnets than nodes and say what to type', () => {
    expect(() => parse('--subnets=4')).toThrow(/4 subnets.*not 3.*--nodes 4/);
    expect(parse('--subnets=4', '--nodes=4').subnets).toBe(4);
  });

  it('refuse an unknown option and name the nearest', () => {
    expect(() => parse('--node', '3')).toThrow(/--nodes/);
  });
});
