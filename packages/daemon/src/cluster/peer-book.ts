import type { BlockRecord, NodeRecord } from '@poplin/ipam';
import { type Cidr, compareCidrs, type Ip } from '@poplin/net';
import { Groups } from './groups.js';

/** This node, as far as others can be mistaken for it. */
export interface Self {
  readonly name: string;
  readonly id: string;
  /** Asked for anew each time. */
  readonly addresses: () => readonly Ip[];
}

/** Another node, as the registry tells of it. */
export interface KnownNode {
  readonly node: NodeRecord;
  /** The blocks that its id owns, in order. */
  readonly blocks: readonly Cidr[];
  /** Why it is no peer although it has a record: a sentence that names both nodes. */
  readonly conflict?: string;
}

/**
 * Joins nodes and blocks, one change at a time, and tells which nodes that concerns: their number, not that of all nodes, is what
 * a change costs. The outcome depends on the records alone, never on the order of their arrival.
 *
 * A block belongs to the id that claimed it, not to the name: a node that was installed anew under an old name does not own the old
 * one's blocks. Names and blocks cannot be claimed twice, as they are keys of the registry. Ids and addresses can; then the newer
 * record stands, because a node does not join while a live one has its address.
 */
export class PeerBook {
  readonly #self: Self;
  readonly #nodes = new Map<string, NodeRecord>();
  readonly #namesOfId = new Groups<string, string>();
  readonly #namesOfAddress = new Groups<Ip, string>();
  readonly #blocks = new Map<string, BlockRecord>();
  readonly #blocksOfId = new Groups<string, Cidr>();
  #touched = new Set<string>();

  constructor(self: Self) {
    this.#self = self;
  }

  /** Takes over what is now recorded of a node: `undefined` when nothing is. */
  putNode(name: string, record: NodeRecord | undefined): void {
    const before = this.#nodes.get(name);
    this.#touched.add(name);
    if (before) {
      this.#touchRelated(before);
      this.#nodes.delete(name);
      this.#namesOfId.delete(before.id, name);
      for (const ip of before.addresses) this.#namesOfAddress.delete(ip, name);
    }
    if (record) {
      this.#nodes.set(name, record);
      this.#namesOfId.add(record.id, name);
      for (const ip of record.addresses) this.#namesOfAddress.add(ip, name);
      this.#touchRelated(record);
    }
  }

  /** Takes over what is now recorded of a block, by its key in the registry. */
  putBlock(key: string, record: BlockRecord | undefined): void {
    const before = this.#blocks.get(key);
    if (before) {
      this.#blocks.delete(key);
      this.#blocksOfId.delete(before.nodeId, before.cidr);
      this.#touchId(before.nodeId);
    }
    if (record) {
      this.#blocks.set(key, record);
      this.#blocksOfId.add(record.nodeId, record.cidr);
      this.#touchId(record.nodeId);
    }
  }

  /** Names of the nodes of which {@link get} may answer differently since the last call, gone ones too. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** Names of all nodes that have a record, this one included. */
  get names(): Iterable<string> {
    return this.#nodes.keys();
  }

  /** The blocks that a node owns, in order. */
  blocksOf(id: string): readonly Cidr[] {
    return [...this.#blocksOfId.of(id)].sort(compareCidrs);
  }

  /** What is known of another node; `undefined` of this one, and of one without a record. */
  get(name: string): KnownNode | undefined {
    const node = this.#nodes.get(name);
    if (!node || this.#isSelf(node)) return undefined;
    const conflict = this.#conflictOf(node);
    return { node, blocks: this.blocksOf(node.id), ...(conflict !== undefined && { conflict }) };
  }

  #conflictOf(node: NodeRecord): string | undefined {
    const { name, id, addresses } = node;
    const self = this.#self;
    if (name === self.name) return `node ${name} of id ${id} has the name of this node`;
    const holder = this.#holderOf(id);
    if (holder !== name) {
      return `node ${name} is not used: node ${holder} has the same id ${id}. Remove the record of the one that is no more`;
    }
    const own = addresses.find((ip) => self.addresses().includes(ip));
    if (own)
      return `node ${name} is not used: its address ${own} is that of this node ${self.name}`;
    for (const ip of addresses) {
      const rivals = this.#namesOfAddress.of(ip).filter((rival) => this.#holdsItsId(rival));
      const winner = this.#newest(rivals);
      if (winner !== name) {
        return `node ${name} is not used: node ${winner}, which is newer, has the same address ${ip}. Remove the record of the one that is no more`;
      }
    }
    return undefined;
  }

  #isSelf({ name, id }: NodeRecord): boolean {
    return id === this.#self.id && name === this.#self.name;
  }

  #holdsItsId(name: string): boolean {
    const id = this.#nodes.get(name)?.id;
    return id !== undefined && this.#holderOf(id) === name;
  }

  /** Name of the node that is taken for the one of an id. */
  #holderOf(id: string): string | undefined {
    return id === this.#self.id ? this.#self.name : this.#newest(this.#namesOfId.of(id));
  }

  #newest(names: readonly string[]): string | undefined {
    const records = names.flatMap((name) => this.#nodes.get(name) ?? []);
    records.sort((a, b) => compare(b.createdAt, a.createdAt) || compare(a.name, b.name));
    return records[0]?.name;
  }

  /** Touches the nodes that contend for something with one that comes or goes. */
  #touchRelated({ id, addresses }: NodeRecord): void {
    const names = this.#namesOfId.of(id);
    const rivals = names.flatMap((name) => this.#nodes.get(name)?.addresses ?? []);
    for (const ip of [...addresses, ...rivals]) {
      for (const name of this.#namesOfAddress.of(ip)) this.#touched.add(name);
    }
    this.#touchId(id);
  }

  #touchId(id: string): void {
    for (const name of this.#namesOfId.of(id)) this.#touched.add(name);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
