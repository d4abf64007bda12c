import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockAllocator, createBlockAllocator } from './block-allocator.js';

const coolDownMs = 30_000;

describe('the allocator of a block', () => {
  it('hands out what was never used first, in order', () => {
    const allocator = createBlockAllocator({ size: 4, usable: 'all', coolDownMs });
    expect([1, 2, 3, 4, 5].map((now) => allocator.take(now))).toEqual([0, 1, 2, 3, undefined]);
  });

  it('keeps back the first and the last of a bridge', () => {
    const allocator = createBlockAllocator({ size: 4, usable: 'inner', coolDownMs });
    expect(allocator.capacity).toBe(2);
    expect([1, 2, 3].map((now) => allocator.take(now))).toEqual([1, 2, undefined]);
  });

  it('begins where it is told and goes round', () => {
    const allocator = createBlockAllocator({ size: 4, usable: 'all', coolDownMs, startAt: 2 });
    expect([1, 2, 3, 4, 5].map((now) => allocator.take(now))).toEqual([2, 3, 0, 1, undefined]);
  });

  it('keeps a released address back until it has cooled down', () => {
    const allocator = createBlockAllocator({ size: 1, usable: 'all', coolDownMs });
    expect(allocator.take(0)).toBe(0);
    expect(allocator.release(0, 1_000)).toBe(true);
    expect([allocator.free(30_999), allocator.cooling(30_999)]).toEqual([0, 1]);
    expect(allocator.nextFreeIn(30_000)).toBe(1_000);
    expect(allocator.take(30_999)).toBeUndefined();
    expect(allocator.take(31_000)).toBe(0);
    expect(allocator.nextFreeIn(31_000)).toBeUndefined();
  });

  it('never counts an address that was found in use and is outside of what it may hand out', () => {
    const allocator = createBlockAllocator({ size: 4, usable: 'inner', coolDownMs: 0 });
    expect(allocator.adopt(0)).toBe(true);
    expect(allocator.release(0, 1)).toBe(true);
    expect([2, 3, 4].map((now) => allocator.take(now))).toEqual([1, 2, undefined]);
  });

  it('tells how things stand with each address', () => {
    const allocator = createBlockAllocator({ size: 4, usable: 'inner', coolDownMs });
    const kinds = (now: number) => [0, 1, 2, 3].map((n) => allocator.stateOf(n, now).kind);
    expect(kinds(0)).toEqual(['reserved', 'free', 'free', 'reserved']);
    allocator.adopt(0);
    allocator.adopt(2);
    allocator.take(0);
    allocator.release(2, 5_000);
    expect(kinds(6_000)).toEqual(['in use', 'in use', 'cooling', 'reserved']);
    expect(allocator.stateOf(2, 6_000)).toEqual({ kind: 'cooling', freeInMs: 29_000 });
    expect(allocator.stateOf(2, 35_000)).toEqual({ kind: 'free' });
  });

  it('refuses to adopt what is no address of the block', () => {
    const allocator = createBlockAllocator({ size: 4, usable: 'all', coolDownMs });
    expect(() => allocator.adopt(4)).toThrow(RangeError);
    expect(() => allocator.adopt(-1)).toThrow(RangeError);
  });

  it('behaves as a plain list of when each address became free', () => {
    const setup = fc.record({
      size: fc.integer({ min: 4, max: 12 }),
      usable: fc.constantFrom('all' as const, 'inner' as const),
      startAt: fc.nat(3),
    });
    fc.assert(
      fc.property(setup, fc.commands(commands, { size: '+1' }), (options, run) => {
        fc.modelRun(() => {
          const real = createBlockAllocator({ ...options, coolDownMs });
          return { model: createModel(options), real };
        }, run);
      }),
      { numRuns: 500 },
    );
  });
});

/** When each free address became so, the longest free first; what is in use; the time. */
interface Model {
  now: number;
  readonly size: number;
  readonly reserved: ReadonlySet<number>;
  readonly used: Set<number>;
  free: { readonly ordinal: number; readonly since: number }[];
}

function createModel(options: { size: number; usable: 'all' | 'inner'; startAt: number }): Model {
  const { size, usable, startAt } = options;
  const reserved = new Set(usable === 'inner' ? [0, size - 1] : []);
  const order = Array.from({ length: size }, (_, i) => (startAt + i) % size);
  const usableOrdinals = order.filter((ordinal) => !reserved.has(ordinal));
  const free = usableOrdinals.map((ordinal) => ({ ordinal, since: Number.NEGATIVE_INFINITY }));
  return { now: 0, size, reserved, used: new Set(), free };
}

type Command = fc.Command<Model, BlockAllocator>;

function command(name: string, run: (model: Model, real: BlockAllocator) => void): Command {
  return {
    check: () => true,
    toString: () => name,
    run(model, real) {
      run(model, real);
      const cool = model.free.filter(({ since }) => model.now - since >= coolDownMs);
      // One expectation in all: many small ones would be most of the test's time.
      const ordinals = Array.from({ length: model.size }, (_, n) => n);
      const wrong = ordinals.find((n) => real.stateOf(n, model.now).kind !== kindIn(model, n));
      const { now, used, free } = model;
      const seen = [real.inUse, real.free(now), real.cooling(now), wrong];
      expect(seen).toEqual([used.size, cool.length, free.length - cool.length, undefined]);
    },
  };
}

function kindIn(model: Model, ordinal: number): string {
  if (model.used.has(ordinal)) return 'in use';
  if (model.reserved.has(ordinal)) return 'reserved';
  return model.free.some((free) => free.ordinal === ordinal && model.now - free.since < coolDownMs)
    ? 'cooling'
    : 'free';
}

const commands: fc.Arbitrary<Command>[] = [
  fc.constant(
    command('take', (model, real) => {
      const head = model.free[0];
      const expected = head && model.now - head.since >= coolDownMs ? head.ordinal : undefined;
      expect(real.take(model.now)).toBe(expected);
      if (expected === undefined) return;
      expect(model.used.has(expected)).toBe(false);
      model.used.add(expected);
      model.free.shift();
    }),
  ),
  fc.nat(11).map((n) =>
    command(`release ${n}`, (model, real) => {
      const ordinal = n % model.size;
      const was = model.used.delete(ordinal);
      expect(real.release(ordinal, model.now)).toBe(was);
      if (was && !model.reserved.has(ordinal)) model.free.push({ ordinal, since: model.now });
    }),
  ),
  fc.nat(11).map((n) =>
    command(`adopt ${n}`, (model, real) => {
      const ordinal = n % model.size;
      expect(real.adopt(ordinal)).toBe(!model.used.has(ordinal));
      model.used.add(ordinal);
      model.free = model.free.filter((free) => free.ordinal !== ordinal);
    }),
  ),
  fc.nat(40_000).map((ms) =>
    command(`wait ${ms}`, (model) => {
      model.now += ms;
    }),
  ),
];
