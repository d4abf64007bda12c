import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../test-support/throwaway-namespaces.js';

const built = new URL('../dist/index.js', import.meta.url).href;

/** What each of these is refused with, by a process of root's that lacks the capabilities for it. */
const program = `
  import * as lib from ${JSON.stringify(built)};
  const outcome = async (work) => {
    try {
      await work();
      return 'done';
    } catch (error) {
      return { code: error.code, message: error.message, remedy: error.remedy };
    }
  };
  const netlink = lib.openNetlink();
  const nftables = lib.openNftables();
  const { nft } = lib;
  const remote = { address: '127.0.0.1', port: 1 };
  const results = {
    read: await outcome(() => netlink.link.list()),
    link: await outcome(() => netlink.link.add({ kind: 'bridge', name: 'br0' })),
    route: await outcome(() => netlink.route.add({ type: 'blackhole', dst: '10.0.0.0/8' })),
    tun: await outcome(() => lib.openTun()),
    netns: await outcome(() => lib.makeNetns()),
    conntrack: await outcome(() => lib.openConntrack().flush()),
    mark: await outcome(() => lib.connectTcp({ remote, mark: 1 })),
    nftables: await outcome(() => nftables.run(nft.emptyTable({ family: 'inet', name: 't' }))),
  };
  console.log(JSON.stringify(results));
`;

describe('without CAP_NET_ADMIN and CAP_SYS_ADMIN', () => {
  it('reading goes on, and every change says what is missing', () => {
    using host = throwawayNamespace();
    const drop = [
      '--bounding-set=-net_admin,-sys_admin,-net_raw',
      '--inh-caps=-net_admin,-sys_admin,-net_raw',
    ];
    const output = execFileSync(
      'nsenter',
      [
        `--net=${host.path}`,
        'setpriv',
        ...drop,
        process.execPath,
        '--input-type=module',
        '-e',
        program,
      ],
      { encoding: 'utf8' },
    );
    const { read, nftables, ...refused } = JSON.parse(output);
    expect(read).toBe('done');
    const eperm = { code: 'EPERM', remedy: expect.stringContaining('CAP_NET_ADMIN') };
    for (const [what, outcome] of Object.entries(refused)) {
      expect(outcome, what).toMatchObject(eperm);
    }
    expect(refused.link.message).toBe('add link br0 (bridge): Operation not permitted (EPERM)');
    expect(nftables).toMatchObject({
      code: 'NFTABLES',
      message: expect.stringContaining('Operation not permitted'),
      remedy: expect.stringContaining('CAP_NET_ADMIN'),
    });
    expect(host.ip('link', 'show')).toHaveLength(1);
  });
});
