import type { BenchArea, BenchOptions, BenchReport } from './area.js';

/** The kernel driver beside `ip`. The measurements live with the driver; they are built with it, and not published. */
export const netlink: BenchArea = {
  name: 'netlink',
  description: 'the kernel driver beside ip: routes, dumps, veths, delay of the event loop',
  defaultRounds: 7,
  async run(options) {
    const file = new URL('../../../packages/netlink/bench/dist/netlink.js', import.meta.url);
    const { measureNetlink } = (await import(file.href)) as {
      readonly measureNetlink: (options: BenchOptions) => Promise<BenchReport>;
    };
    return await measureNetlink(options);
  },
};
