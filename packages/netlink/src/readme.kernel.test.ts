import { describe, expect, it } from 'vitest';
import { readmeExamples, runExample } from '../test-support/readme.js';

const examples = readmeExamples();

describe('the README', () => {
  it('has programs to run', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  for (const example of examples) {
    it(`prints what it says: ${example.title}`, () => {
      const printed = runExample(example);
      expect(printed).toEqual(example.prints);
    });
  }
});
