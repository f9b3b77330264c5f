import type { Settings } from '../adapters/config/settings.ts';
import type { CacheGroup } from '../domain/cache/cache-group.ts';
import { TtlPolicy } from '../domain/cache/ttl-policy.ts';
import { PLAIN, TYPED } from '../domain/dynamodb/json/content-types.ts';

/** The configured tables as the use cases see them. */
export const cacheGroups = ({ tables, keepsTypedForm }: Settings): readonly CacheGroup[] =>
  tables.map(({ name, lifetimes, preload }) => ({
    name,
    policy: new TtlPolicy(lifetimes),
    contentTypes: keepsTypedForm ? [PLAIN, TYPED] : [PLAIN],
    preload,
  }));
