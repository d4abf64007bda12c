import { expect, it } from 'vitest';
import { nearest } from './nearest.js';

it('finds the word that was mistyped, whatever its case', () => {
  expect(nearest('pols', ['pools', 'ipam'])).toBe('pools');
  expect(nearest('LOGLEVEL', ['logLevel', 'logFormat'])).toBe('logLevel');
  expect(nearest('--regisrty', ['--registry', '--registry-ca'])).toBe('--registry');
});

it('guesses nothing where no word is near', () => {
  expect(nearest('colour', ['mode', 'mtu'])).toBeUndefined();
  expect(nearest('anything', [])).toBeUndefined();
});
