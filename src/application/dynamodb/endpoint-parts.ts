import type { ConfiguredTables } from '../../domain/dynamodb/model/configured-tables.ts';
import type { ForwardReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Cache } from '../create-cache.ts';
import type { AdmittedOperations } from './admitted-operations.ts';

/** What the operations of the endpoint are carried out with. */
export interface EndpointParts {
  readonly cache: Pick<
    Cache,
    'reader' | 'writes' | 'answers' | 'marks' | 'gate' | 'invalidator' | 'observations'
  > & {
    /** Counts what is forwarded without a look into the cache. */
    readonly forwards: { readonly count: (reason: ForwardReason) => void };
  };
  /** The store of the cache. */
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly tables: ConfiguredTables;
  /** Has DynamoDB do an operation as it is. */
  readonly forward: AdmittedOperations;
}
