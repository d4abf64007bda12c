import { credentials, Metadata } from '@grpc/grpc-js';
import { type Address, IpamServiceClient } from '@poplin/api';
import { LabError } from './error.js';

/** Milliseconds that an answer may take. */
const deadlineMs = 5_000;

/**
 * Asks a daemon over its socket which addresses its own node has in use, all pages of them.
 *
 * @throws LabError when nobody answers
 */
export async function askAddresses(socket: string, node: string): Promise<readonly Address[]> {
  const client = new IpamServiceClient(`unix:${socket}`, credentials.createInsecure());
  try {
    const addresses: Address[] = [];
    let pageToken = '';
    do {
      const page = await askPage(client, node, pageToken);
      addresses.push(...page.addresses);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return addresses;
  } finally {
    client.close();
  }
}

function askPage(
  client: IpamServiceClient,
  node: string,
  pageToken: string,
): Promise<{ readonly addresses: readonly Address[]; readonly nextPageToken: string }> {
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    client.listAddresses(
      { node, pageSize: 0, pageToken },
      new Metadata(),
      options,
      (error, page) => {
        if (error) reject(new LabError('the addresses in use cannot be read', { cause: error }));
        else resolve(page);
      },
    );
  });
}
