import { type Address, IpamServiceService } from '@poplin/api';
import { allPages } from '../daemon/pages.js';
import { formatAge } from '../output/age.js';
import { formatTable } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** `poplinctl addresses [--node N]`: who holds which address. */
export async function listAddresses(context: CommandContext, node = ''): Promise<void> {
  using daemon = openDaemon(context);
  const pages = await allPages((pageToken) =>
    daemon.call(
      IpamServiceService.listAddresses,
      { node, pageSize: 0, pageToken },
      'list the addresses',
    ),
  );
  const addresses = pages.flatMap((page) => page.addresses);
  answer(context, { addresses }, () => formatAddresses(addresses, Date.now()));
}

/** Addresses as a table; of a container id as much as other tools show. */
export function formatAddresses(addresses: readonly Address[], nowMs: number): string {
  return formatTable(
    [
      { title: 'ADDRESS' },
      { title: 'NODE' },
      { title: 'BLOCK' },
      { title: 'POD' },
      { title: 'CONTAINER' },
      { title: 'INTERFACE' },
      { title: 'AGE', align: 'right' },
    ],
    addresses.map((address) => [
      address.ip,
      address.node,
      address.block,
      address.pod,
      address.containerId.slice(0, 12),
      address.ifname,
      formatAge(address.assignedAt, nowMs),
    ]),
  );
}
