import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CheckedCacheYaml,
  checkCacheYaml,
} from '../../src/adapters/config/cache-yaml/check-cache-yaml.ts';
import { DynamoDbItemSource } from '../../src/adapters/dynamodb/dynamodb-item-source.ts';
import { policyFor } from '../../src/application/dynamodb/access-policy.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { PLAIN } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../src/domain/dynamodb/model/key-codec.ts';
import type { PolicyScope } from '../../src/domain/iam/policy-document.ts';
import { ANY } from '../support/application/create-application.ts';
import { FakeServer } from '../support/application/fake-server.ts';
import { RecordingUpstream } from '../support/dynamodb/recording-upstream.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { settingsOf } from '../support/settings.ts';

const TTL_MS = 60_000;
const REVALIDATE_MS = 30_000;

const setting = (...values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const lifetimes = {
  ttl: setting('0s', '60s'),
  staleWhileRevalidate: setting('0s', '30s'),
  staleIfError: setting('0s', '1h'),
};

/** Settings of one table; which of them go together is up to what reads them. */
const table = (named: object) =>
  fc
    .record({ preload: setting('all', 'keys', 'none'), listsKeys: fc.boolean(), ...lifetimes })
    .map(({ listsKeys, preload, ...rest }) => ({
      ...named,
      hashKey: 'id',
      ...(listsKeys ? { keys: [{ hash: 'listed' }] } : {}),
      ...(preload === 'keys' && !listsKeys ? {} : { preload }),
      ...rest,
    }));

const cacheYaml = fc
  .tuple(
    table({ table: 'Alpha' }),
    table({ table: 'Beta', region: 'us-east-1' }),
    table({ table: 'Beta', name: 'Gamma', region: 'eu-west-1' }),
  )
  .chain((tables) => fc.subarray(tables, { minLength: 1 }))
  .map((tables) => JSON.stringify({ dynamodb: tables }));

const environment = fc.record({
  AWS_REGION: fc.constant('eu-north-1'),
  CACHE_EXTENSION_INIT_STARTUP: setting('true', 'false'),
  // Of the lifetimes in the file, the test must know the one that it waits for.
  CACHE_EXTENSION_TTL: fc.constantFrom('60s', '0s'),
  CACHE_EXTENSION_STALE_WHILE_REVALIDATE: setting('0s', '30s'),
  CACHE_EXTENSION_STALE_IF_ERROR: setting('0s', '1h'),
});

/** Lets the program do all that it can, and gives what it called. */
const callsOf = async ({ tables, preloads }: CheckedCacheYaml): Promise<ReadonlySet<string>> => {
  const [upstream, clock, lifecycleEvents] = [
    new RecordingUpstream(),
    new FakeClock(),
    new FakeLifecycleEvents(),
  ];
  const program = createContainer(settingsOf({ tables, preload: preloads }), {
    clock,
    lifecycleEvents,
    server: new FakeServer([]),
    itemSource: new DynamoDbItemSource(tables, upstream, clock),
  });
  const { reader } = program.get('cache');
  // Two of each table, because a refresh of one key is no batch.
  const keys = tables.flatMap((spec) => ['one', 'two'].map((id) => new KeyCodec(spec).fromText(id)));
  const readAll = () =>
    Promise.allSettled(keys.map(async (key) => reader.read(key, { contentType: PLAIN, freshness: ANY })));
  const invoke = async (times: number) => {
    lifecycleEvents.invoke();
    await lifecycleEvents.whenAsked(times + 1);
  };
  const ended = program.get('runExtension').run();
  await lifecycleEvents.whenAsked(1);

  await readAll();
  await clock.advance(TTL_MS - 1);
  await readAll();
  await invoke(1);
  await clock.advance(TTL_MS + REVALIDATE_MS + 1);
  upstream.isAway = true;
  await readAll();
  upstream.isAway = false;
  await clock.advance(10_000);
  await invoke(2);

  lifecycleEvents.shutdown();
  await ended;
  return upstream.called;
};

const allowedBy = (yaml: CheckedCacheYaml, scope: PolicyScope = {}): readonly string[] =>
  policyFor(yaml.tables, { preloads: yaml.preloads, ...scope }).Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((arn) => `${action} ${arn}`)),
  );

const permissionFor = (call: string): string => {
  const [operation = '', region, name = ''] = call.split(' ');
  return `dynamodb:${operation} arn:aws:dynamodb:${region || 'eu-north-1'}:*:table/${name}`;
};

describe('for any cache.yaml', () => {
  it('the policy allows exactly the calls that the program makes', async () => {
    await fc.assert(
      fc.asyncProperty(cacheYaml, environment, async (text, variables) => {
        const yaml = checkCacheYaml(text, { environment: variables });
        expect(yaml.problems).toEqual([]);

        const needed = [...(await callsOf(yaml))].map(permissionFor);

        expect([...allowedBy(yaml, { region: 'eu-north-1' })].sort()).toEqual(needed.sort());
      }),
    );
  });

  it('the policy for an unknown environment allows all that the policy for a known environment allows', () => {
    fc.assert(
      fc.property(cacheYaml, environment, (text, variables) => {
        const anywhere = allowedBy(checkCacheYaml(text));

        for (const permission of allowedBy(checkCacheYaml(text, { environment: variables }))) {
          expect(anywhere).toContain(permission);
        }
      }),
    );
  });
});
