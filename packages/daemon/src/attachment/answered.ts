import type { ExpectedInterface } from '../cni/index.js';
import { defaultRoutes } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';

/** The record as ADD answered with it: the runtime keeps that, whatever the MTU of the pod has become since. */
export function asAnswered(record: AttachmentRecord): AttachmentRecord {
  return { ...record, ...record.answered };
}

/**
 * What the kernel must have where a comparison with the runtime's account says this: what is as ADD answered has to be as it is now, and
 * what a later plugin of the chain has changed stays that plugin's.
 */
export function sinceAnswered(
  record: AttachmentRecord,
  expected: ExpectedInterface,
): ExpectedInterface {
  if (!record.answered) return expected;
  const then = defaultRoutes(asAnswered(record));
  const now = defaultRoutes(record);
  const { mtu, ...rest } = expected;
  return {
    ...rest,
    ...(mtu !== undefined && { mtu: mtu === record.answered.mtu ? record.mtu : mtu }),
    routes: expected.routes.map((route) => {
      const place = then.findIndex(
        ({ dst, gw, mtu: fits }) =>
          route.dst === dst && route.gw === gw && route.mtu === fits && route.table === undefined,
      );
      return now[place] ?? route;
    }),
  };
}
