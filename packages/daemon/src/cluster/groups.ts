/** Members in groups by key, each group without those it has lost. A member may be in several groups. */
export class Groups<Key, Member> {
  readonly #groups = new Map<Key, Set<Member>>();

  /** The members of a group, in the order in which they came. */
  of(key: Key): readonly Member[] {
    return [...(this.#groups.get(key) ?? [])];
  }

  /** Puts a member into a group. */
  add(key: Key, member: Member): void {
    const group = this.#groups.get(key);
    if (group) group.add(member);
    else this.#groups.set(key, new Set([member]));
  }

  /** Takes a member out of a group. */
  delete(key: Key, member: Member): void {
    const group = this.#groups.get(key);
    group?.delete(member);
    if (group?.size === 0) this.#groups.delete(key);
  }
}
