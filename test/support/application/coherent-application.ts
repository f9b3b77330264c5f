import type { GroupCoherence } from '../../../src/application/coherence/coherence-gate.ts';
import { createCache } from '../../../src/application/create-cache.ts';
import { ServeOperations } from '../../../src/application/dynamodb/serve-operations.ts';
import { type Coherence, parseCoherence } from '../../../src/domain/cache/coherence.ts';
import { hashOf } from '../../../src/domain/cache/journal-page.ts';
import { TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import type { TableSpec } from '../../../src/domain/dynamodb/model/table-spec.ts';
import type { CacheStatus } from '../../../src/ports/inbound/item-reader.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeItemSource } from '../fakes/fake-item-source.ts';
import { FixedRandom } from '../fakes/fixed-random.ts';
import { InMemoryJournal } from '../fakes/in-memory-journal.ts';
import { MapCacheStore } from '../fakes/map-cache-store.ts';
import { PlainDigest } from '../fakes/plain-digest.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { ANY, groupOf, keyOf, PLAIN, textOf } from './create-application.ts';

export interface CoherentOptions {
  /** The coherence of each group, as in `cache.yaml`. Default: `Products` is checked once per invocation. */
  readonly coherence?: Readonly<Record<string, string>>;
  readonly preload?: boolean;
  readonly awaitsInvocation?: boolean;
  /** By group: a scope or a journal of its own, and further scopes that refer to it. */
  readonly places?: Readonly<Record<string, Partial<Omit<GroupCoherence, 'coherence'>>>>;
}

const SCOPE = 'eu-west-1/Products';

/** The use cases of one environment with a journal, and another environment that writes. All groups share a scope, unless `places` differs. */
export const createCoherent = (options: CoherentOptions = {}) => {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const store = new MapCacheStore();
  const source = new FakeItemSource(clock);
  const journal = new InMemoryJournal();
  const writer = journal.another();
  const groups = Object.entries(options.coherence ?? { Products: 'invocation' });
  const cache = createCache(
    {
      groups: groups.map(([name, text]) => {
        const coherence: Coherence = parseCoherence(text);
        const preload = { keys: options.preload === true ? [keyOf('k', name)] : [] };
        return {
          ...groupOf(name, {}, preload),
          coherence: { coherence, scope: SCOPE, journal, ...options.places?.[name] },
        };
      }),
      source,
      store,
      clock,
      random: new FixedRandom(0),
      digest: new PlainDigest(),
      logger,
    },
    { preload: options.preload ?? false, awaitsInvocation: options.awaitsInvocation ?? false },
  );
  const { signal } = new AbortController();
  return {
    ...cache,
    clock,
    logger,
    store,
    source,
    journal,
    /** Begins an invocation, as an INVOKE event does. */
    invoke: (timeoutMs = 60_000) => {
      cache.invocation.begin(clock.now() + timeoutMs);
      cache.coherence?.beginInvocation();
    },
    /** Reads a key: its text and the source of the answer. Advances the clock until the answer arrives. */
    read: async (key = keyOf('k')): Promise<readonly [string | undefined, CacheStatus['source']]> => {
      const reading = Promise.resolve(cache.reader.read(key, { contentType: PLAIN, freshness: ANY }));
      await clock.advance(0);
      const result = await reading;
      return [textOf(result), result.cache.source];
    },
    /** Another environment writes. */
    writeElsewhere: async (text: string, isUnknown = false, key = keyOf('k')) => {
      source.put(key, text);
      const changed = [hashOf(key)];
      await writer.announce({ scope: SCOPE, changed, isUnknown, at: clock.now() }, signal);
    },
    /** Another environment announces that anything may have changed. */
    announceEverything: () =>
      writer.announce({ scope: SCOPE, changed: 'everything', isUnknown: false, at: clock.now() }, signal),
  };
};

/** Reads the key `k` once in a first invocation, after the write window. */
export const filledCoherent = async (options: CoherentOptions = {}) => {
  const app = createCoherent(options);
  app.source.put(keyOf('k'), 'v1');
  app.invoke();
  await app.read();
  return app;
};

const jsonBytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * The endpoint for SDKs over such an environment, for one table.
 *
 * @param forwarded DynamoDB's answer to an operation that is forwarded
 */
export const createCoherentEndpoint = (spec: TableSpec, forwarded: (operation: string) => object) => {
  const app = createCoherent();
  const endpoint = new ServeOperations({
    cache: app,
    store: app.store,
    clock: app.clock,
    tables: new ConfiguredTables([spec], 'eu-west-1'),
    forward: {
      execute: ({ operation }) => ({
        status: 200,
        headers: { 'content-type': TYPED },
        body: jsonBytes(forwarded(operation)),
      }),
    },
  });
  /** The parsed body of the answer. Advances the clock until the answer arrives. */
  const ask = async (operation: string, request: object): Promise<unknown> => {
    const answering = Promise.resolve(
      endpoint.execute({
        operation,
        headers: new Headers({ 'content-type': TYPED }),
        body: jsonBytes(request),
        signal: new AbortController().signal,
        caller: { region: 'eu-west-1' },
      }),
    );
    await app.clock.advance(0);
    const { body } = await answering;
    return body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(body)) : undefined;
  };
  return { ...app, ask };
};
