import type { Cidr } from '@poplin/net';

/** The blocks of this node, once there is somebody who knows them: backends are started before. */
export class OwnBlocks {
  #read: () => readonly Cidr[] = () => [];

  /** The blocks as they are now; none before {@link follow}. */
  get list(): readonly Cidr[] {
    return this.#read();
  }

  /** From now on, asks this for them. */
  follow(read: () => readonly Cidr[]): void {
    this.#read = read;
  }
}
