import { parseCidr } from '@poplin/net';
import { type NftCommand, type NftObject, type NftStatement, nft } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { userChainCommands } from './docker-user.js';

const table = { family: 'ip', name: 'filter' } as const;
const pool = parseCidr('10.244.0.0/16');
let handle = 0;
const chain = (name: string, more: object = {}): NftObject =>
  ({ chain: { family: 'ip', table: 'filter', name, ...more } }) as NftObject;
const rule = (name: string, ...expr: NftStatement[]): NftObject => {
  handle += 1;
  return { rule: { family: 'ip', table: 'filter', chain: name, handle, expr } };
};
const dropping = chain('FORWARD', { type: 'filter', hook: 'forward', prio: 0, policy: 'drop' });
const asks = () => rule('FORWARD', nft.counter, nft.jump('DOCKER-USER'));
const docker = () => [dropping, chain('DOCKER-USER'), asks()];

/** What the table holds after commands: rules by chain, as far as our commands go. */
function applied(objects: readonly NftObject[], commands: readonly NftCommand[]): NftObject[] {
  let held = [...objects];
  for (const command of commands) {
    if ('add' in command && 'chain' in command.add) held.push(command.add);
    if ('add' in command && 'rule' in command.add) {
      held.push(rule(command.add.rule.chain, ...(command.add.rule.expr ?? [])));
    }
    if ('insert' in command) {
      const { chain: name, expr = [], handle: before } = command.insert.rule;
      const place = held.findIndex((object) => 'rule' in object && object.rule.handle === before);
      held.splice(place, 0, rule(name, ...expr));
    }
    if ('flush' in command && 'chain' in command.flush) {
      const { name } = command.flush.chain;
      held = held.filter((object) => !('rule' in object && object.rule.chain === name));
    }
    if ('delete' in command && 'rule' in command.delete) {
      const { handle: gone } = command.delete.rule;
      held = held.filter((object) => !('rule' in object && object.rule.handle === gone));
    }
    if ('delete' in command && 'chain' in command.delete) {
      held = held.filter(
        (object) => !('chain' in object && object.chain.name === 'POPLIN-FORWARD'),
      );
    }
  }
  return held;
}
const chainsOf = (objects: readonly NftObject[], name: string) =>
  objects.flatMap((object) =>
    'rule' in object && object.rule.chain === name ? [object.rule] : [],
  );

describe('the rules in the chain of others', () => {
  it('are right after one go, and gone after another', () => {
    const before = docker();
    const made = applied(before, userChainCommands(table, before, [pool]));
    expect(userChainCommands(table, made, [pool])).toEqual([]);
    expect(chainsOf(made, 'POPLIN-FORWARD')).toHaveLength(2);
    const gone = applied(made, userChainCommands(table, made, []));
    expect(gone).toEqual(before);
    expect(userChainCommands(table, gone, [])).toEqual([]);
  });

  it.each([
    ['the policy accepts', [chain('FORWARD', { hook: 'forward', policy: 'accept' }), asks()]],
    ['nothing leads to the chain', [dropping, chain('DOCKER-USER')]],
    [
      'only some packets come to the chain',
      [
        dropping,
        rule('FORWARD', nft.match(nft.meta('iifname'), '==', 'eth0'), nft.jump('DOCKER-USER')),
      ],
    ],
    ['another hook drops', [chain('INPUT', { hook: 'input', policy: 'drop' }), asks()]],
  ])('are not made where %s, and not taken away either', (_, objects) => {
    expect(userChainCommands(table, objects, [pool])).toEqual([]);
    const made = [...objects, chain('POPLIN-FORWARD'), rule('POPLIN-FORWARD', nft.accept)];
    expect(userChainCommands(table, made, [pool])).toEqual([]);
  });

  it('come behind those of others, before a return that asks nothing', () => {
    const stranger = nft.match(nft.sourceAddress('ipv4'), '==', '192.0.2.1');
    const objects = [
      ...docker(),
      rule('DOCKER-USER', stranger, nft.counter, nft.returnVerdict),
      rule('DOCKER-USER', nft.counter, nft.returnVerdict),
      rule('DOCKER-USER', stranger, nft.drop),
    ];
    const made = applied(objects, userChainCommands(table, objects, [pool]));
    const rules = chainsOf(made, 'DOCKER-USER');
    expect(rules[1]?.expr).toEqual([nft.counter, nft.jump('POPLIN-FORWARD')]);
    expect(rules).toHaveLength(4);
    expect(userChainCommands(table, made, [pool])).toEqual([]);
  });

  it('are known again in the words of iptables: with comments, counters and another order', () => {
    const before = docker();
    const made = applied(before, userChainCommands(table, before, [pool]));
    const comment: NftStatement = { xt: { type: 'match', name: 'comment' } };
    const restored = made.map((object): NftObject => {
      if (!('rule' in object) || !object.rule.chain.startsWith('POPLIN')) return object;
      const [match, , verdict] = object.rule.expr ?? [];
      if (!match || !verdict) throw new TypeError('each rule has a match and a verdict');
      const counter = { counter: { packets: 7, bytes: 512 } } as NftStatement;
      return { rule: { ...object.rule, expr: [match, comment, counter, verdict] } };
    });
    expect(userChainCommands(table, restored, [pool])).toEqual([]);
    const other: NftStatement = { xt: { type: 'match', name: 'conntrack' } };
    const changed = [...restored, rule('POPLIN-FORWARD', other, nft.drop)];
    expect(userChainCommands(table, changed, [pool])).not.toEqual([]);
  });

  it('delete no rule that is not a jump to our chain, in no other chain than that of others', () => {
    const objects = [
      ...docker(),
      chain('POPLIN-FORWARD'),
      rule('DOCKER-USER', nft.drop),
      rule('DOCKER-USER', nft.jump('POPLIN-FORWARD')),
      rule('FORWARD', nft.jump('POPLIN-FORWARD')),
    ];
    const commands = userChainCommands(table, objects, []);
    const deleted = commands.flatMap((command) =>
      'delete' in command && 'rule' in command.delete ? [command.delete.rule] : [],
    );
    const [jump] = chainsOf(objects, 'DOCKER-USER').slice(-1);
    expect(deleted).toEqual([
      { family: 'ip', table: 'filter', chain: 'DOCKER-USER', handle: jump?.handle },
    ]);
    expect(commands).not.toContainEqual({ delete: { chain: expect.anything() } });
  });
});
