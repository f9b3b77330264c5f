import { ContainerModule } from 'inversify';
import { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
import { DynamoDbUpstream } from '../../adapters/dynamodb/dynamodb-upstream.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { needsJournal } from '../../domain/cache/coherence.ts';
import { PLAIN, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { ItemAddressParser } from '../../domain/dynamodb/model/item-address.ts';
import { journalScope } from '../../domain/dynamodb/model/journal-scope.ts';
import { DeferredJournal, DeferredOperations } from '../deferred.ts';
import { TOKENS } from '../tokens.ts';
import type { SourceModule } from './source-module.ts';
import { wireModule } from './wire.module.ts';

const itemModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.addressParser).toResolvedValue(
    ({ tables }) => new ItemAddressParser(tables),
    [TOKENS.settings],
  );
  bind(TOKENS.itemSource).toResolvedValue(
    ({ tables, region, proxy }, credentialCache, endpoints, clock) => {
      const upstream = new DynamoDbUpstream({ credentialCache, endpoints, clock, region, proxy });
      return new DynamoDbItemSource(tables, upstream, clock);
    },
    [TOKENS.settings, TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock],
  );
  bind(TOKENS.invalidationJournal).toResolvedValue(
    ({ journal, region, proxy }, credentialCache, endpoints, clock, random) =>
      new DeferredJournal(async () => {
        if (journal === undefined) throw new Error('a table needs a journal, and the settings name none');
        const { DynamoDbJournal } = await import('../../adapters/dynamodb/journal/dynamodb-journal.ts');
        const upstream = new DynamoDbUpstream({ credentialCache, endpoints, clock, region, proxy });
        return new DynamoDbJournal({ ...journal, upstream, clock, random });
      }),
    [TOKENS.settings, TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock, TOKENS.random],
  );
});

/** The configured tables as groups of the cache. */
const groups: SourceModule['groups'] = (program) => {
  const { tables, keepsTypedForm, region } = program.get('settings');
  const source = program.get('itemSource');
  return tables.map(({ name, table, lifetimes, preload, coherence, ...spec }) => ({
    name,
    policy: new TtlPolicy(lifetimes),
    contentTypes: keepsTypedForm ? [PLAIN, TYPED] : [PLAIN],
    preload,
    source,
    ...(coherence === undefined || !needsJournal(coherence)
      ? {}
      : {
          coherence: {
            coherence,
            // Specs of one table share what is announced, in all functions that read it.
            scope: journalScope(spec.region ?? region, table),
            journal: program.get('invalidationJournal'),
          },
        }),
  }));
};

const routes: SourceModule['routes'] = (program) => [
  {
    path: '/dynamodb',
    addresses: program.get('addressParser'),
    formats: new Map([['dynamodb', TYPED]]),
    defaultContentType: PLAIN,
  },
];

/** The endpoint for the SDKs of DynamoDB. Its operations are loaded with the first request of an SDK. */
const wire: SourceModule['wire'] = (program) => {
  const operations = program.get('wireOperations');
  return {
    targetPrefix: 'DynamoDB_20120810.',
    // The route keeps the loaded operations, so that later requests do not pass through bootstrap.
    operations: operations instanceof DeferredOperations ? () => operations.load() : operations,
  };
};

/** Items of DynamoDB tables. */
export const dynamoDbSource: SourceModule = { modules: [itemModule, wireModule], groups, routes, wire };
