import { type Family, parseCidr } from '@poplin/net';
import { type NftChain, type NftObject, type NftStatement, nft } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { chainsOnTheWay, endsInDrop, forwardDrop, seesAny } from './forward-drops.js';
import { legacyFilters } from './legacy-filter.js';
import { describeNotice, isForwardProblem } from './notice.js';

const both: ReadonlySet<Family> = new Set(['ipv4', 'ipv6']);
const four = parseCidr('10.244.0.0/16');
const six = parseCidr('fd10::/56');
const base = { type: 'filter', hook: 'forward', prio: 0, policy: 'drop' } as const;
const chain = (more: Partial<NftChain>): NftChain =>
  ({ family: 'ip', table: 'filter', name: 'FORWARD', ...base, ...more }) as NftChain;

describe('chains that drop', () => {
  it('are looked for at the hook forward, in tables of others that see the family', () => {
    const chains = [
      chain({}),
      chain({ family: 'ip6' }),
      chain({ family: 'inet', table: 'wall', name: 'f' }),
      chain({ hook: 'input' }),
      chain({ family: 'bridge' }),
      chain({ family: 'inet', table: 'poplin', name: 'forward' }),
      { family: 'ip', table: 'filter', name: 'DOCKER-USER' } as const,
    ];
    const names = (families: ReadonlySet<Family>) =>
      chainsOnTheWay(chains)
        .filter((one) => seesAny(one, families))
        .map(({ family }) => family);
    expect(names(both)).toEqual(['ip', 'ip6', 'inet']);
    expect(names(new Set(['ipv6']))).toEqual(['ip6', 'inet']);
    expect(names(new Set())).toEqual([]);
  });

  it('are those, too, whose last rule asks nothing and drops or refuses', () => {
    const chainOf = (...rules: NftStatement[][]): NftObject[] =>
      rules.map(
        (expr) => ({ rule: { family: 'inet', table: 't', chain: 'f', expr } }) as NftObject,
      );
    const onlyTcp = nft.match(nft.meta('l4proto'), '==', 'tcp');
    const refuse = { reject: { type: 'icmpx', expr: 'admin-prohibited' } } as NftStatement;
    expect(endsInDrop(chainOf([nft.accept], [nft.drop]), 'f')).toBe(true);
    expect(endsInDrop(chainOf([nft.counter, refuse]), 'f')).toBe(true);
    expect(endsInDrop(chainOf([onlyTcp, nft.drop]), 'f')).toBe(false);
    expect(endsInDrop(chainOf([nft.drop], [onlyTcp, nft.accept]), 'f')).toBe(false);
    expect(endsInDrop(chainOf([nft.accept]), 'f')).toBe(false);
    expect(endsInDrop(chainOf([nft.drop]), 'other')).toBe(false);
    expect(endsInDrop([], 'f')).toBe(false);
  });

  it('come with the commands for the prefixes that they see', () => {
    const remedy = (place: Parameters<typeof forwardDrop>[0]) =>
      forwardDrop(place, [four, six], false).remedy;
    expect(remedy({ family: 'ip6', table: 'filter', name: 'FORWARD' })).toBe(
      'ip6tables -I FORWARD -s fd10::/56 -j ACCEPT; ip6tables -I FORWARD -d fd10::/56 -j ACCEPT',
    );
    expect(remedy({ family: 'inet', table: 'wall', name: 'f' }).split('; ')).toEqual([
      'nft insert rule inet wall f ip saddr 10.244.0.0/16 accept',
      'nft insert rule inet wall f ip daddr 10.244.0.0/16 accept',
      'nft insert rule inet wall f ip6 saddr fd10::/56 accept',
      'nft insert rule inet wall f ip6 daddr fd10::/56 accept',
    ]);
  });

  it('are left to firewalld where they are its own', () => {
    const place = { family: 'inet', table: 'firewalld', name: 'filter_FORWARD' } as const;
    expect(forwardDrop(place, [four], false).remedy).toBe(
      'firewall-cmd --permanent --zone=trusted --add-source=10.244.0.0/16; firewall-cmd --reload',
    );
  });

  it('have names that never get into a command when a shell could take them for more', () => {
    for (const name of ['f; reboot', '$(id)', '-f', "it's", 'a b', '']) {
      expect(forwardDrop({ family: 'inet', table: 'wall', name }, [four], false).remedy).toBe(
        'let that chain accept what comes from and goes to 10.244.0.0/16',
      );
    }
  });

  it('are a problem as long as nothing lets packets through', () => {
    const place = { family: 'ip', table: 'filter', name: 'FORWARD' } as const;
    const [open, handled] = [false, true].map((is) => forwardDrop(place, [four], is));
    if (!open || !handled) throw new TypeError('there are two');
    expect([isForwardProblem(open), isForwardProblem(handled)]).toEqual([true, false]);
    expect(describeNotice(open)).toMatch(
      /^chain FORWARD of nftables table ip filter drops .*iptables -I/,
    );
    expect(describeNotice(handled)).toMatch(/rules in DOCKER-USER let pods' packets through$/);
  });
});

describe('legacy iptables', () => {
  const names = (texts: Record<string, string>) => (path: string) => {
    const text = texts[path.slice(path.lastIndexOf('/') + 1)];
    if (text === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' });
    return text;
  };

  it('is told of for the families that are forwarded, where it has a filter table', () => {
    const read = names({ ip_tables_names: 'nat\nfilter\n', ip6_tables_names: 'filter\n' });
    expect(legacyFilters([four], read)).toMatchObject([{ family: 'ip' }]);
    expect(legacyFilters([four, six], read).map(({ family }) => family)).toEqual(['ip', 'ip6']);
    expect(legacyFilters([], read)).toEqual([]);
    expect(legacyFilters([four], names({ ip_tables_names: 'nat\n' }))).toEqual([]);
  });

  it('is nothing to tell of where the kernel has none; what cannot be read is an error', () => {
    expect(legacyFilters([four, six], names({}))).toEqual([]);
    const denied = () => {
      throw Object.assign(new Error('denied'), { code: 'EACCES' });
    };
    expect(() => legacyFilters([four], denied)).toThrow('denied');
  });

  it('is no problem by itself: nobody knows', () => {
    const [notice] = legacyFilters([four], names({ ip_tables_names: 'filter' }));
    if (!notice) throw new TypeError('there is one');
    expect(isForwardProblem(notice)).toBe(false);
    expect(describeNotice(notice)).toMatch(/cannot be seen\. See iptables-legacy -S FORWARD; if /);
  });
});
