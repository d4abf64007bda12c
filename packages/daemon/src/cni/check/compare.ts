import { type Mac, parseMac } from '@poplin/net';
import type { PreviousResult } from '../result/previous.js';
import { isAtLeast } from '../version.js';
import { compareAddresses } from './addresses.js';
import { type CheckComparison, changeOf, type RecordedInterface } from './comparison.js';
import { compareRoutes } from './routes.js';

/**
 * Compares the final result of the chain with our record. The result is the runtime's account of what all plugins made: it may
 * say more and other than we did, but our interface and our addresses must be in it.
 */
export function compareWithResult(
  previous: PreviousResult,
  record: RecordedInterface,
): CheckComparison {
  const place = previous.interfaces.findIndex(
    ({ name, sandbox }) => name === record.ifname && isSandbox(record, sandbox),
  );
  const found = previous.interfaces[place];
  const addresses = compareAddresses(previous, record, place);
  const routes = compareRoutes(previous, record.routes);
  const mac = macOf(found?.mac) ?? record.mac;
  const mtu = isAtLeast(previous.cniVersion, '1.1.0') ? found?.mtu || record.mtu : undefined;
  const lost = `prevResult has no interface ${record.ifname} in ${record.sandboxes.join(' or ')}`;
  return {
    problems: found ? addresses.problems : [lost],
    changes: [
      ...changeOf('mac', record.mac, mac),
      ...changeOf('mtu', `${record.mtu}`, `${mtu ?? record.mtu}`),
      ...addresses.changes,
      ...routes.changes,
    ],
    expected: {
      mac,
      ...(mtu !== undefined && { mtu }),
      ips: addresses.expected,
      routes: routes.expected,
    },
  };
}

/** /var/run is a link to /run wherever systemd is (file-hierarchy(7)); runtimes write either. */
function isSandbox({ sandboxes }: RecordedInterface, sandbox = ''): boolean {
  const plain = (path: string) => path.replace(/^\/var\/run\//, '/run/');
  return sandboxes.some((path) => plain(path) === plain(sandbox));
}

function macOf(text = ''): Mac | undefined {
  try {
    return parseMac(text);
  } catch {
    return undefined;
  }
}
