import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readContractVersion, readVersion } from './version.js';

const versionOf = (folder: string): string => {
  const text = readFileSync(new URL(`../../${folder}/package.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

describe('what the daemon says of itself', () => {
  it('is the version of its package', () => {
    expect(readVersion()).toBe(versionOf('daemon'));
  });

  it('is the version of the contract with backends that it is built with, exactly', () => {
    expect(readContractVersion()).toBe(versionOf('backend'));
  });
});
