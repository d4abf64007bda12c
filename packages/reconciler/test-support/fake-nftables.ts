import type {
  Nftables,
  NftCommand,
  NftElement,
  NftElementChange,
  NftElements,
  NftObject,
} from '@poplin/netlink';
import { elementObjects } from '../src/nftables/element.js';

/** A table as the kernel keeps it: what was added, element by element. */
interface FakeTable {
  readonly objects: NftObject[];
  /** Values by key, by set. A set has itself as value. */
  readonly elements: Map<string, Map<string, unknown>>;
}

/** nftables as far as one table goes: all of a transaction or nothing, deletes only what is there, adds only what is not. */
export class FakeNftables implements Pick<Nftables, 'run' | 'list' | 'changeElements'> {
  #table: FakeTable | undefined;
  /** Commands of each transaction that was carried out. */
  readonly transactions: (readonly NftCommand[])[] = [];

  async run(commands: readonly NftCommand[]): Promise<void> {
    let table = this.#table && {
      objects: [...this.#table.objects],
      elements: new Map([...this.#table.elements].map(([name, set]) => [name, new Map(set)])),
    };
    for (const command of commands) table = apply(table, command);
    this.#table = table;
    this.transactions.push(commands);
  }

  /** As the commands that it stands for. */
  async changeElements({ gone, come }: NftElementChange): Promise<void> {
    const objects = (elements: readonly NftElement[]) =>
      elementObjects(elements.map(({ set, ...element }) => ({ ...element, set: set.name })));
    await this.run([
      ...objects(gone).map((object): NftCommand => ({ delete: object })),
      ...objects(come).map((object): NftCommand => ({ add: object })),
    ]);
  }

  async list(): Promise<readonly NftObject[] | undefined> {
    return this.#table?.objects.map((object) => {
      const [kind, value] = Object.entries(object)[0] ?? [];
      const set = this.#table?.elements.get((value as { name: string }).name);
      if (!set || !(kind === 'set' || kind === 'map')) return object;
      const elem = [...set].map(([key, to]) =>
        kind === 'map' ? [JSON.parse(key), to] : JSON.parse(key),
      );
      return { [kind]: { ...(value as object), elem } } as unknown as NftObject;
    });
  }

  /** What somebody else's `nft flush ruleset` does. */
  flush(): void {
    this.#table = undefined;
  }
}

function apply(table: FakeTable | undefined, command: NftCommand): FakeTable | undefined {
  if ('delete' in command && 'table' in command.delete) {
    if (!table) throw new Error('ENOENT');
    return undefined;
  }
  if ('add' in command && 'table' in command.add) {
    return table ?? { objects: [command.add], elements: new Map() };
  }
  if (!table) throw new Error('ENOENT');
  const object = 'add' in command ? command.add : 'delete' in command ? command.delete : {};
  if ('element' in object) {
    const { name, elem: elements } = object.element as NftElements;
    const set = table.elements.get(name);
    if (!set) throw new Error('ENOENT');
    for (const elem of elements) change(set, elem, 'add' in command);
    return table;
  }
  const [[kind, value] = []] = Object.entries(object);
  if (kind === 'set' || kind === 'map') {
    const { elem = [], name } = value as { elem?: readonly unknown[]; name: string };
    const set = new Map<string, unknown>();
    for (const each of elem) change(set, each, true);
    table.elements.set(name, set);
  }
  table.objects.push(object as NftObject);
  return table;
}

function change(set: Map<string, unknown>, elem: unknown, add: boolean): void {
  const [key, value] = Array.isArray(elem) ? elem : [elem, elem];
  const text = JSON.stringify(key);
  if (add && set.has(text)) throw new Error(`EEXIST ${text}`);
  if (!add && !set.delete(text)) throw new Error(`ENOENT ${text}`);
  if (add) set.set(text, value);
}
