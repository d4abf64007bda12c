import { type AttachMode, Lab, type LabOptions, type Namespace } from '../../lab/index.js';
import { buildByHand, type HandBackend } from './by-hand.js';
import { attachToBlocks } from './claimed-blocks.js';
import { type Receiver, startServer } from './iperf.js';

/** Who carries packets, and how. */
export type Kind =
  | { readonly by: 'poplin'; readonly backend: string; readonly attach: AttachMode }
  | { readonly by: 'hand'; readonly backend: HandBackend; readonly attach: AttachMode };

/** A pair of places that packets go between. */
export interface Contestant {
  readonly name: string;
  /** Absent for the hosts themselves. */
  readonly kind?: Kind;
  readonly from: Namespace;
  readonly to: Receiver;
}

/** What a kernel is asked for. */
export interface KernelTraits {
  readonly hasIpip: boolean;
}

/** What is measured: everything that the kernel has, each backend beside the same by hand where a hand can build it. */
export const kindsOf = ({ hasIpip }: KernelTraits): readonly Kind[] => [
  ...beside('host-gw'),
  ...beside('vxlan'),
  ...(hasIpip ? beside('ipip') : []),
  ...attaches.map((attach): Kind => ({ by: 'poplin', backend: 'udp', attach })),
];

const attaches: readonly AttachMode[] = ['routed', 'bridge'];

const beside = (backend: HandBackend): readonly Kind[] =>
  (['poplin', 'hand'] as const).flatMap((by) =>
    attaches.map((attach): Kind => ({ by, backend, attach })),
  );

/** For tables, for example `vxlan routed` or `vxlan routed, by hand`. */
export const nameOf = ({ by, backend, attach }: Pick<Kind, 'by' | 'backend' | 'attach'>): string =>
  `${backend} ${attach}${by === 'hand' ? ', by hand' : ''}`;

/** The labs of all contestants, which live at once. */
export class Labs implements AsyncDisposable {
  readonly #labs: Lab[] = [];

  async create(options: LabOptions): Promise<Lab> {
    const lab = await Lab.create(options);
    this.#labs.push(lab);
    return lab;
  }

  /** Takes all of them away. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const lab of this.#labs) await lab[Symbol.asyncDispose]();
  }
}

const withoutDaemons = { start: false, etcd: false } as const;

/** Plain hosts on one link, with nothing on them: what all others are measured against. */
export async function hostToHost(labs: Labs): Promise<Contestant> {
  const lab = await labs.create({ nodes: 2, ...withoutDaemons });
  const [first, second] = lab.hosts;
  if (!first || !second) throw new Error('a lab of two has two hosts');
  const to = { namespace: second.namespace, ip: second.address };
  await startServer(to, lab);
  return { name: 'host to host', from: first.namespace, to };
}

/** Two hosts of their own with a pod each. */
export async function podToPod(kind: Kind, labs: Labs): Promise<Contestant> {
  const { by, backend, attach } = kind;
  const lab = await labs.create({
    nodes: 2,
    backend,
    attach,
    ...(by === 'hand' && withoutDaemons),
  });
  const pods =
    kind.by === 'poplin'
      ? await lab.addPods(1)
      : await buildByHand(lab, { ...kind, masquerade: true });
  return await contestantOf(kind, lab, pods);
}

/**
 * The same on a kernel without nftables for IP, which has neither ADD nor masquerading: the daemons are real, their pods are attached by
 * hand, and nobody masquerades.
 */
export async function podToPodWithoutNftables(
  kind: Kind & { readonly backend: HandBackend },
  labs: Labs,
): Promise<Contestant> {
  const { backend, attach } = kind;
  const cluster = { masquerade: { enabled: false } };
  const isPoplin = kind.by === 'poplin';
  const lab = await labs.create({
    nodes: 2,
    backend,
    attach,
    cluster,
    start: false,
    etcd: isPoplin,
  });
  // One after the other, with patience: they share one slow processor.
  for (const host of isPoplin ? lab.hosts : []) {
    await host.start();
    await host.waitReady({ timeoutMs: 120_000 });
  }
  const pods = isPoplin
    ? await attachToBlocks(lab, backend)
    : await buildByHand(lab, { ...kind, masquerade: false });
  return await contestantOf(kind, lab, pods);
}

async function contestantOf(
  kind: Kind,
  lab: Lab,
  [from, to]: readonly Receiver[],
): Promise<Contestant> {
  if (!from || !to) throw new Error('a lab of two has two pods');
  await startServer(to, lab);
  return { name: nameOf(kind), kind, from: from.namespace, to };
}
