import { DaemonError } from '../error.js';

/** A page token that did not come from an earlier page. */
export class PageTokenError extends DaemonError<'INVALID_PAGE_TOKEN'> {
  constructor(token: string) {
    super('INVALID_PAGE_TOKEN', `page_token "${token}" did not come from an earlier page`, {
      remedy: 'Leave it empty to begin with the first page',
    });
  }
}

/** A part of a list, and how to ask for the next. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** Items on a page when the caller does not say, and at most. */
const pageSizes = { usual: 500, most: 5000 };

/**
 * Cuts a page out of a list. The token is the key of the last item seen, so that a list that changes
 * meanwhile neither skips nor repeats what stays.
 *
 * @param items - in the order of `compare` over their keys.
 * @throws {PageTokenError} for a token that is not one of ours.
 */
export function pageOf<T, Key extends string>(
  items: readonly T[],
  keyOf: (item: T) => Key,
  compare: (a: Key, b: Key) => number,
  request: { readonly pageSize: number; readonly pageToken: string },
): Page<T> {
  const size = Math.min(request.pageSize || pageSizes.usual, pageSizes.most);
  const start = request.pageToken === '' ? 0 : after(decode(request.pageToken) as Key);
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const more = last !== undefined && start + size < items.length;
  return { items: page, nextPageToken: more ? encode(keyOf(last)) : '' };

  function after(key: Key): number {
    const index = items.findIndex((item) => compare(keyOf(item), key) > 0);
    return index < 0 ? items.length : index;
  }
}

/** Orders texts by code unit, as the registry orders its keys. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function decode(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (encode(key) !== token) throw new PageTokenError(token);
  return key;
}
