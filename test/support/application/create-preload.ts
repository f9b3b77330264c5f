import type { CacheGroup } from '../../../src/domain/cache/ttl-policy.ts';
import { type Application, type ApplicationOptions, createApplication } from './create-application.ts';
import { groupOf, keysOf } from './groups.ts';

export const everything: Partial<CacheGroup['preload']> = { everything: true };

/** The use cases with a group that is to be loaded wholly, and so many items of it in the source: `k0`, `k1` and so on. */
export const createPreload = (items: number, options: ApplicationOptions = {}): Application => {
  const app = createApplication({ groups: [groupOf('Products', {}, everything)], ...options });
  for (const each of keysOf(items)) app.source.put(each, 'v1');
  return app;
};
