import { ContainerModule } from 'inversify';
import { AwsForwarder } from '../../adapters/aws/aws-forwarder.ts';
import { Sigv4CallerRecogniser } from '../../adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
import { DYNAMODB, DynamoDbUpstream } from '../../adapters/dynamodb/dynamodb-upstream.ts';
import { memorySweeper } from '../../adapters/system/system.ts';
import { needsJournal } from '../../domain/cache/coherence.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { PLAIN, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { ItemAddressParser } from '../../domain/dynamodb/model/item-address.ts';
import { identityOf, journalScope } from '../../domain/dynamodb/model/table-identity.ts';
import { TOKENS } from '../components.ts';
import { DeferredJournal, DeferredOperations } from '../deferred.ts';
import type { SourceModule } from './source-module.ts';
import { sharingFunction } from './tier.module.ts';

const SERVICE = 'dynamodb';

const itemModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.addressParser).toResolvedValue(
    ({ tables }) => new ItemAddressParser(tables),
    [TOKENS.settings],
  );
  bind(TOKENS.itemSource).toResolvedValue(
    ({ tables, region, proxy }, credentialCache, endpoints, clock, roleCredentials) => {
      const parts = { credentialCache, endpoints, clock, region, proxy, roleCredentials };
      const upstream = new DynamoDbUpstream(parts);
      return new DynamoDbItemSource(tables, upstream, clock);
    },
    [TOKENS.settings, TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock, TOKENS.roleCredentials],
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

/** The endpoint for SDKs of DynamoDB: caller recognition, forwarding, and the operations. */
const endpointModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.callerRecogniser).toResolvedValue(
    (credentialCache, clock, { token }, { account }) =>
      new Sigv4CallerRecogniser(credentialCache, clock, {
        service: SERVICE,
        serviceName: DYNAMODB.name,
        verifies: token !== undefined,
        account,
      }),
    [TOKENS.credentialCache, TOKENS.clock, TOKENS.settings, TOKENS.lifecycleEvents],
  );
  bind(TOKENS.operationForwarder).toResolvedValue(
    (credentialCache, endpoints, clock, { proxy }, roleCredentials) =>
      new AwsForwarder({
        service: SERVICE,
        label: DYNAMODB,
        credentialCache,
        endpoints,
        clock,
        makeSweep: memorySweeper,
        proxy,
        roleCredentials,
      }),
    [TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock, TOKENS.settings, TOKENS.roleCredentials],
  );
  bind(TOKENS.deferredOperations).toResolvedValue(
    (callerRecogniser, operationForwarder, cache, cacheStore, clock, settings) =>
      new DeferredOperations(async () => {
        // Loaded on demand: only requests of SDKs need it.
        const { createDynamoDbEndpoint } = await import('../dynamodb-endpoint.ts');
        return createDynamoDbEndpoint({
          callerRecogniser,
          operationForwarder,
          cache,
          cacheStore,
          clock,
          settings,
        });
      }),
    [
      TOKENS.callerRecogniser,
      TOKENS.operationForwarder,
      TOKENS.cache,
      TOKENS.cacheStore,
      TOKENS.clock,
      TOKENS.settings,
    ],
  );
  bind(TOKENS.wireOperations).toResolvedValue((deferred) => deferred, [TOKENS.deferredOperations]);
});

/** The configured tables as groups of the cache. */
const groups: SourceModule['groups'] = (program) => {
  const { tables, keepsTypedForm, region, journal } = program.get('settings');
  const source = program.get('itemSource');
  const { account } = program.get('lifecycleEvents');
  const sharing = sharingFunction(program);
  return tables.map(({ name, lifetimes, preload, coherence, ...spec }) => ({
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
            scope: journalScope(spec, { region, account }),
            journal: program.get('invalidationJournal'),
          },
          ...(sharing !== undefined && {
            // An item that one role may read is not served under another.
            sharedAs: JSON.stringify([
              sharing,
              // Another journal does not prove what this one does.
              [region, journal?.table],
              identityOf(spec, region),
              [spec.hashKey, spec.sortKey, spec.fields],
            ]),
          }),
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
export const dynamoDbSource: SourceModule = { modules: [itemModule, endpointModule], groups, routes, wire };
