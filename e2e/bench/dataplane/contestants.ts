import { type AttachMode, Lab, type LabOptions, type Namespace } from '../../lab/index.js';
import { buildByHand, type HandBackend } from './by-hand.js';
import { type Receiver, startServer } from './iperf.js';

/** Who carries packets, and how. */
export interface Kind {
  readonly by: 'poplin' | 'hand';
  readonly backend: string;
  readonly attach: AttachMode;
}

/** A pair of places that packets go between. */
export interface Contestant {
  readonly name: string;
  /** Absent for the hosts themselves. */
  readonly kind?: Kind;
  readonly from: Namespace;
  readonly to: Receiver;
}

/** What is measured: everything that this kernel has, each backend beside the same by hand where a hand can build it. */
export const kinds: readonly Kind[] = [
  ...both({ by: 'poplin', backend: 'host-gw' }),
  ...both({ by: 'hand', backend: 'host-gw' }),
  ...both({ by: 'poplin', backend: 'vxlan' }),
  ...both({ by: 'hand', backend: 'vxlan' }),
  ...both({ by: 'poplin', backend: 'udp' }),
];

function both(kind: Omit<Kind, 'attach'>): readonly Kind[] {
  return [
    { ...kind, attach: 'routed' },
    { ...kind, attach: 'bridge' },
  ];
}

/** For tables, for example `vxlan routed` or `vxlan routed, by hand`. */
export const nameOf = ({ by, backend, attach }: Kind): string =>
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

/** Plain hosts on one link, with nothing on them: what all others are measured against. */
export async function hostToHost(labs: Labs): Promise<Contestant> {
  const lab = await labs.create({ nodes: 2, start: false });
  const [first, second] = lab.hosts;
  if (!first || !second) throw new Error('a lab of two has two hosts');
  const to = { namespace: second.namespace, ip: second.address };
  await startServer(to, lab);
  return { name: 'host to host', from: first.namespace, to };
}

/** Two hosts of their own with a pod each. */
export async function podToPod(kind: Kind, labs: Labs): Promise<Contestant> {
  const { by, backend, attach } = kind;
  const start = by === 'poplin';
  const lab = await labs.create({ nodes: 2, backend, attach, start });
  const pods = start
    ? await lab.addPods(1)
    : await buildByHand(lab, backend as HandBackend, attach);
  const [from, to] = pods;
  if (!from || !to) throw new Error('a lab of two has two pods');
  await startServer(to, lab);
  return { name: nameOf(kind), kind, from: from.namespace, to };
}
