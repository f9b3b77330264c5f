import type { CacheGroup, TtlPolicy } from '../domain/cache/ttl-policy.ts';

/** The groups that the cache serves, and the content types that it keeps for each. */
export class Groups {
  readonly all: readonly CacheGroup[];
  /** The policy of each group, by its name. */
  readonly policies: ReadonlyMap<string, TtlPolicy>;
  readonly #byName: ReadonlyMap<string, CacheGroup>;
  readonly #contentTypes: Map<string, readonly string[]>;

  /** @throws {TypeError} if two groups have one name */
  constructor(groups: readonly CacheGroup[]) {
    this.all = groups;
    this.#byName = new Map(groups.map((group) => [group.name, group]));
    if (this.#byName.size < groups.length)
      throw new TypeError('two groups have one name: give each group a name of its own');
    this.policies = new Map(groups.map(({ name, policy }) => [name, policy]));
    this.#contentTypes = new Map(groups.map((group) => [group.name, group.contentTypes]));
  }

  /** @throws {RangeError} if the group does not exist, which is a defect: addresses are checked earlier */
  get(name: string): CacheGroup {
    const group = this.#byName.get(name);
    if (group === undefined) throw noSuchGroup();
    return group;
  }

  /** The content types that every read of the group's entries asks for. */
  contentTypesOf(name: string): readonly string[] {
    return this.#contentTypes.get(name) ?? [];
  }

  /** Keeps `contentType` as well, from the next read on. */
  keepContentType(name: string, contentType: string): void {
    const kept = this.contentTypesOf(name);
    if (!kept.includes(contentType)) this.#contentTypes.set(name, [...kept, contentType]);
  }
}

export const noSuchGroup = (): RangeError =>
  new RangeError('no such group: addresses are made from the same configuration');
