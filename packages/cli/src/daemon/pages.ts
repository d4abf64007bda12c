import { CliError } from '../error.js';

/** What every answer of a List method has. */
export interface Page {
  readonly nextPageToken: string;
}

/**
 * All pages of a list, one after the other.
 *
 * @throws {CliError} REFUSED when the same token comes twice: the list would never end.
 */
export async function allPages<P extends Page>(fetch: (token: string) => Promise<P>): Promise<P[]> {
  const pages: P[] = [];
  const seen = new Set<string>();
  for (let token = ''; ; ) {
    const page = await fetch(token);
    pages.push(page);
    token = page.nextPageToken;
    if (token === '') return pages;
    if (seen.has(token)) {
      throw new CliError('REFUSED', `the daemon sent the page token "${token}" twice`);
    }
    seen.add(token);
  }
}
