import { describeError, parseCidr, parseIp } from '@poplin/net';
import { z } from 'zod';

/** Schema of a text that one of the parsers of `@poplin/net` reads; its words say what is wrong. */
function textOf<T>(parse: (text: string) => T, what: string) {
  return z.string(`must be ${what}`).transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeError(error) });
      return z.NEVER;
    }
  });
}

/** Schema of an address. */
export const ipValue = textOf(parseIp, 'an address');

/** Schema of a masked prefix. */
export const cidrValue = textOf(parseCidr, 'a masked prefix, for example 192.168.0.0/16');

/** Schema of a whole number from `least` to `most`, both included. */
export function wholeNumber(least: number, most: number, unit = '') {
  const words = `must be a whole number${unit && ` of ${unit}`}, ${least} to ${most}`;
  return z.int(words).min(least, words).max(most, words);
}

/** Schema of a list. */
export function listOf<T extends z.core.$ZodType>(element: T) {
  return z.array(element, 'must be a list');
}

/** Schema of true or false. */
export const flag = z.boolean('must be true or false');

/** Schema of a text that is not empty. */
export const words = z.string('must be a text').min(1, 'must not be empty');
