import type { BenchArea, BenchOptions, BenchReport } from './area.js';

/** Many peers with every backend. The measurements live with the daemon, which knows them all; they are built with it, and not published. */
export const peers: BenchArea = {
  name: 'peers',
  description:
    'every backend with 1,000 and 5,000 peers: plan, first time, one changed, nothing to do',
  defaultRounds: 20,
  async run(options) {
    const file = new URL('../../../packages/daemon/bench/dist/peers.js', import.meta.url);
    const { measurePeers } = (await import(file.href)) as {
      readonly measurePeers: (options: BenchOptions) => Promise<BenchReport>;
    };
    return await measurePeers(options);
  },
};
