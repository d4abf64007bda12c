import { describeError, type Family } from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import { isRegistryError } from '../registry/error.js';
import type { OwnRecord } from './block-table.js';
import { type Claimant, claimBlock } from './claim.js';
import { claimBlockOf, type Wanted } from './requested.js';

/** Gets more blocks, one claim per family at a time. */
export interface Growth {
  /**
   * Claims a block for a family; callers at the same time share one claim. False when there is none.
   *
   * @throws {RegistryError} when the registry could not be asked.
   */
  grow(family: Family): Promise<boolean>;
  /** Does the same in the background, unless it failed a moment ago. Failures are logged once. */
  growAhead(family: Family): void;
  /**
   * Claims the block of one address.
   *
   * @throws {IpamError} ADDRESS_ELSEWHERE, CLAIM_FAILED.
   * @throws {RegistryError} when the registry could not be asked.
   */
  growTo(wanted: Wanted): Promise<void>;
  /** Forgets how earlier claims ended: the pools are other ones now. */
  startOver(): void;
  /** What came of the last claim for a family, when it brought no block. */
  shortfall(family: Family): Shortfall | undefined;
}

/** Why a claim brought no block. */
export type Shortfall =
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** What growing needs of the service. */
export interface GrowthComponents {
  readonly claimant: Claimant;
  readonly clock: () => number;
  poolsOf(family: Family): readonly Pool[];
  known(): ReadonlySet<OwnRecord['record']['cidr']>;
  own(block: OwnRecord): void;
}

/** Pause after a claim ahead that failed, in milliseconds. */
const restMs = 10_000;

/** Growth over the claims of a node. */
export function createGrowth(components: GrowthComponents): Growth {
  const { claimant, clock } = components;
  const running = new Map<Family, Promise<boolean>>();
  const restUntil = new Map<Family, number>();
  const complained = new Set<Family>();
  const shortfalls = new Map<Family, Shortfall>();

  const takeIn = (block: OwnRecord, how: string): void => {
    components.own(block);
    const { cidr, pool } = block.record;
    claimant.log.info({ block: cidr, pool }, `block ${how}`);
  };
  const claim = async (family: Family): Promise<boolean> => {
    const outcome = await claimBlock(claimant, components.poolsOf(family), components.known());
    if (outcome.kind === 'exhausted') {
      shortfalls.set(family, outcome);
      return false;
    }
    const blocks = outcome.kind === 'claimed' ? [outcome.block] : outcome.blocks;
    for (const block of blocks) takeIn(block, outcome.kind);
    complained.delete(family);
    shortfalls.delete(family);
    return true;
  };
  const grow = (family: Family): Promise<boolean> => {
    let claiming = running.get(family);
    if (!claiming) {
      claiming = claim(family)
        .catch((cause: unknown) => {
          shortfalls.set(family, { kind: 'failed', cause });
          throw cause;
        })
        .finally(() => running.delete(family));
      running.set(family, claiming);
    }
    return claiming;
  };
  const complain = (family: Family, reason: string): void => {
    restUntil.set(family, clock() + restMs);
    if (complained.has(family)) return;
    complained.add(family);
    const facts = { family, reason };
    claimant.log.warn(facts, 'few free addresses are left, and no block can be claimed ahead');
  };
  return {
    grow,
    async growTo(wanted) {
      takeIn(await claimBlockOf(claimant, wanted), 'claimed');
    },
    startOver() {
      shortfalls.clear();
      restUntil.clear();
    },
    shortfall: (family) => shortfalls.get(family),
    growAhead(family) {
      if (running.has(family) || clock() < (restUntil.get(family) ?? 0)) return;
      grow(family).then(
        (grown) => {
          if (!grown) complain(family, 'the pools have no free block');
        },
        (error: unknown) => {
          if (!isRegistryError(error, 'ABORTED', 'CLOSED')) complain(family, describeError(error));
        },
      );
    },
  };
}
