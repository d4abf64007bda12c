import { describe, expect, it } from 'vitest';
import { withoutIdleChains } from './ruleset.js';

const set = (name: string, elements?: string): string =>
  `\tset ${name} {\n\t\ttype ifname\n${elements ? `\t\telements = { ${elements} }\n` : ''}\t}\n`;
const chain = (name: string, ...rules: readonly string[]): string =>
  `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n`;
const table = (name: string, ...members: readonly string[]): string =>
  `table ${name} {\n${members.join('\n')}}\n`;

const isolation = chain(
  'isolation',
  'type filter hook forward priority filter; policy accept;',
  'oifname "pop*" iifname @isolated drop',
);
const prerouting = chain('prerouting', 'fib daddr type local jump host_ports');
const hostPorts = chain(
  'host_ports',
  'dnat ip to meta l4proto . th dport map @any_port_to_ip_ipv4',
);
const postrouting = chain(
  'postrouting',
  'ip saddr . ip daddr @hairpin_ipv4 masquerade',
  'ip saddr @source_ipv4 masquerade',
);

describe('the ruleset in use', () => {
  it('has a chain that one of its sets has an element for', () => {
    const ruleset = table('inet poplin', set('isolated', '"pop1"'), isolation);
    expect(withoutIdleChains(ruleset)).toBe(ruleset);
    const partly = table(
      'inet poplin',
      set('hairpin_ipv4'),
      set('source_ipv4', '10.244.0.0/16'),
      postrouting,
    );
    expect(withoutIdleChains(partly)).toBe(partly);
  });

  it('has no chain whose sets are all empty, nor one that only leads to such', () => {
    const sets = [set('isolated'), set('source_ipv4', '10.244.0.0/16'), set('any_port_to_ip_ipv4')];
    const idle = [hostPorts, prerouting, isolation];
    const left = withoutIdleChains(table('inet poplin', ...sets, ...idle, postrouting));
    expect(left).toBe(table('inet poplin', ...sets, postrouting));
  });

  it('has a chain that leads to one in use', () => {
    const ruleset = table(
      'inet poplin',
      set('any_port_to_ip_ipv4', 'tcp . 8000 : 10.244.0.5,\n\t\t\t     tcp . 8001 : 10.244.0.6'),
      hostPorts,
      prerouting,
    );
    expect(withoutIdleChains(ruleset)).toBe(ruleset);
  });

  it('has every chain that looks nothing up: none of Poplin is such', () => {
    const ruleset = table('inet poplin', chain('stranger'), chain('other', 'tcp dport 80 accept'));
    expect(withoutIdleChains(ruleset)).toBe(ruleset);
  });

  it('has all that is of other tables', () => {
    const other = table('inet poplinette', set('isolated'), isolation);
    const ruleset = `${other}${table('inet poplin', set('isolated'), isolation)}${other}`;
    const left = table('inet poplin', set('isolated'), '');
    expect(withoutIdleChains(ruleset)).toBe(`${other}${left}${other}`);
  });
});
