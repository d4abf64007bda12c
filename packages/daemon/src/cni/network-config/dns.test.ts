import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';

const own = {
  nameservers: ['10.96.0.10'],
  domain: 'cluster.local',
  search: ['a.b'],
  options: ['ndots:5'],
};

describe('dns', () => {
  it('is the configuration’s where the runtime says nothing', () => {
    expect(optionsOf({ dns: own }).dns).toEqual(own);
  });

  it('is the runtime’s, as a whole, where it says something', () => {
    const dns = { servers: ['192.0.2.53'], searches: ['x.y'], options: ['timeout:1'] };
    expect(optionsOf({ dns: own, runtimeConfig: { dns } }).dns).toEqual({
      nameservers: ['192.0.2.53'],
      search: ['x.y'],
      options: ['timeout:1'],
    });
  });

  it('takes the runtime’s null lists for nothing', () => {
    const partly = { Servers: ['192.0.2.53'], Searches: null, Options: null };
    expect(optionsOf({ runtimeConfig: { dns: partly } }).dns).toEqual({
      nameservers: ['192.0.2.53'],
    });
    const nothing = { servers: null, searches: null, options: null };
    expect(optionsOf({ dns: own, runtimeConfig: { dns: nothing } }).dns).toEqual(own);
  });

  it('keeps explicit empty lists', () => {
    expect(optionsOf({ dns: { nameservers: [], search: [] } }).dns).toEqual({
      nameservers: [],
      search: [],
    });
    expect(optionsOf({ dns: own, runtimeConfig: { dns: { servers: [] } } }).dns).toEqual({
      nameservers: [],
    });
  });

  it.each([[undefined], [null], [{}]])('is absent when it is %j', (dns) => {
    expect(optionsOf({ dns })).not.toHaveProperty('dns');
  });

  it.each(['fd00::53', 'fe80::1%eth0'])('takes the nameserver %s', (nameserver) => {
    expect(optionsOf({ dns: { nameservers: [nameserver] } }).dns).toEqual({
      nameservers: [nameserver],
    });
  });

  it.each(['ns.example.org', '', '10.0.0.1/32'])('refuses the nameserver %j', (nameserver) => {
    expect(refusal(() => optionsOf({ dns: { nameservers: [nameserver] } }))).toContain(
      'dns.nameservers[0]: ',
    );
  });

  it('names the nearest key for an unknown one', () => {
    expect(refusal(() => optionsOf({ dns: { nameserver: [] } }))).toContain(
      'dns.nameserver: unknown key; did you mean nameservers?',
    );
  });
});
