import { describeError, type Family } from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import { isRegistryError } from '../registry/error.js';
import type { OwnRecord } from './block-table.js';
import { type Claimant, claimBlock } from './claim.js';

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
}

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

  const claim = async (family: Family): Promise<boolean> => {
    const outcome = await claimBlock(claimant, components.poolsOf(family), components.known());
    if (outcome.kind === 'exhausted') return false;
    const blocks = outcome.kind === 'claimed' ? [outcome.block] : outcome.blocks;
    for (const block of blocks) {
      components.own(block);
      const { cidr, pool } = block.record;
      claimant.log.info({ block: cidr, pool }, `block ${outcome.kind}`);
    }
    complained.delete(family);
    return true;
  };
  const grow = (family: Family): Promise<boolean> => {
    let claiming = running.get(family);
    if (!claiming) {
      claiming = claim(family).finally(() => running.delete(family));
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
