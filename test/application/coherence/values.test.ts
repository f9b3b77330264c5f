import { describe, expect, it } from '@jest/globals';
import { ServeJsonOperations } from '../../../src/application/aws-json/serve-json-operations.ts';
import { createCache } from '../../../src/application/create-cache.ts';
import { parseCoherence } from '../../../src/domain/cache/coherence.ts';
import { AWS_JSON } from '../../../src/domain/named-values/value-bodies.ts';
import { NotForwardedError } from '../../../src/ports/inbound/wire-operations.ts';
import { groupOf } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../../support/fakes/fake-item-source.ts';
import { FakeForwarder, RECOGNISES_ALL, WORDS, wordKey } from '../../support/fakes/fake-json-service.ts';
import { FixedRandom } from '../../support/fakes/fixed-random.ts';
import { InMemoryJournal } from '../../support/fakes/in-memory-journal.ts';
import { MapCacheStore } from '../../support/fakes/map-cache-store.ts';
import { PlainDigest } from '../../support/fakes/plain-digest.ts';
import { RecordingLogger } from '../../support/fakes/recording-logger.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** AWS, and a journal that environments share. */
const world = () => {
  const clock = new FakeClock();
  const journal = new InMemoryJournal();
  const forwarder = new FakeForwarder();
  const sources: FakeItemSource[] = [];

  /** An environment that serves words. Texts may refer to words. */
  const environment = (coherence = 'invocation') => {
    const own = journal.another();
    const source = Object.assign(new FakeItemSource(clock), { hasConsistentReads: false });
    sources.push(source);
    const place = { coherence: parseCoherence(coherence), journal: own };
    const cache = createCache({
      groups: [
        {
          ...groupOf('Words', { ttlMs: 3_600_000 }),
          contentTypes: [AWS_JSON],
          coherence: { ...place, scope: 'words', referringScopes: ['texts'] },
        },
      ],
      source,
      store: new MapCacheStore(),
      clock,
      random: new FixedRandom(0),
      digest: new PlainDigest(),
      logger: new RecordingLogger(),
    });
    const operations = new ServeJsonOperations({
      cache,
      operations: WORDS,
      writtenGroups: ['Words'],
      recogniser: RECOGNISES_ALL,
      forwarder,
    });
    const execute = async (operation: string, input: object) => {
      const answering = operations.execute({
        operation,
        headers: new Headers({ 'content-type': AWS_JSON }),
        signal: new AbortController().signal,
        read: async () => encode(JSON.stringify(input)),
      });
      const [{ body }] = await Promise.all([answering, clock.advance(0)]);
      return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
    };
    return {
      journal: own,
      source,
      get: (word: string) => execute('GetWord', { Word: word }),
      getAll: (...words: readonly string[]) => execute('GetWords', { Words: words }),
      write: () => execute('PutWord', {}),
      invoke: () => {
        cache.invocation.begin(clock.now() + 60_000);
        cache.coherence?.beginInvocation();
      },
    };
  };
  const put = (word: string, text: string) => {
    for (const source of sources) source.put(wordKey(word), JSON.stringify(text));
  };
  return { clock, forwarder, environment, put };
};

/** Two environments, of which the second has the words in memory. */
const twoEnvironments = async (coherence?: string) => {
  const { environment, ...rest } = world();
  const [writer, reader] = [environment(coherence), environment(coherence)];
  rest.put('tea', 'tea 1');
  rest.put('pot', 'pot 1');
  reader.invoke();
  for (const word of ['tea', 'pot']) await reader.get(word);
  return { ...rest, environment, writer, reader };
};

describe('a write of a value in another environment', () => {
  it('is seen in the next invocation, under every name of the value', async () => {
    const { writer, reader, put } = await twoEnvironments();
    put('tea', 'tea 2');
    put('pot', 'pot 2');
    await writer.write();
    expect([await reader.get('tea'), reader.source.calls.length]).toEqual(['"tea 1"', 2]);
    reader.invoke();

    expect([await reader.get('tea'), await reader.get('pot')]).toEqual(['"tea 2"', '"pot 2"']);
  });

  it('is seen after the interval', async () => {
    const { writer, reader, put, clock } = await twoEnvironments('1s');
    put('tea', 'tea 2');
    await writer.write();
    await clock.advance(1_000);

    expect(await reader.get('tea')).toBe('"tea 2"');
  });

  it('keeps answers that may miss it out of memory for the window', async () => {
    const { writer, reader, put, clock } = await twoEnvironments();
    await writer.write();
    reader.invoke();
    await reader.get('tea');
    put('tea', 'tea 2');
    expect(await reader.get('tea')).toBe('"tea 2"');
    await clock.advance(10_000);
    await reader.get('tea');
    put('tea', 'tea 3');

    expect(await reader.get('tea')).toBe('"tea 2"');
  });

  it('keeps answers of an environment out of memory that starts within the window', async () => {
    const { writer, environment, put, clock } = await twoEnvironments();
    await writer.write();
    await clock.advance(9_999);
    const late = environment();
    put('tea', 'tea 1');
    late.invoke();
    await late.get('tea');
    put('tea', 'tea 2');

    expect(await late.get('tea')).toBe('"tea 2"');
  });

  it('is seen by a request for several values, which waits for the check', async () => {
    const { writer, reader, forwarder, clock } = await twoEnvironments();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea 2","pot 2"]}') });
    const held = reader.journal.hold('check');
    reader.invoke();
    const reading = reader.getAll('tea', 'pot');
    await held.arrived();
    await clock.advance(0);
    held.open();
    expect(await reading).toBe('{"Words":["tea 1","pot 1"]}');
    await writer.write();
    reader.invoke();

    expect(await reader.getAll('tea', 'pot')).toBe('{"Words":["tea 2","pot 2"]}');
  });

  it('is announced once for all values, and once for those of another service that may refer to them', async () => {
    const { writer } = await twoEnvironments();
    await writer.write();

    expect(writer.journal.calls).toEqual(
      ['texts', 'words'].map((scope) => ({
        method: 'announce',
        announcement: expect.objectContaining({ scope, changed: 'everything', isUnknown: true }),
      })),
    );
  });

  it.each([
    ['AWS refuses', async () => ({ status: 400, body: encode('{"__type":"AccessDeniedException"}') })],
    ['is not sent', () => Promise.reject(new NotForwardedError('no credentials'))],
  ])('that %s is not announced', async (_, answer) => {
    const { writer, forwarder } = await twoEnvironments();
    forwarder.answer = answer;
    await writer.write().catch(() => undefined);

    expect(writer.journal.calls).toEqual([]);
  });

  it('that AWS did not refuse, but answered with a failure of status 400, is announced', async () => {
    const { writer, forwarder } = await twoEnvironments();
    forwarder.answer = async () => ({ status: 400, body: encode('{"__type":"InternalServiceError"}') });
    await writer.write();

    expect(writer.journal.countOf('announce')).toBe(2);
  });
});

it('while the journal fails, values come from AWS', async () => {
  const { reader, put } = await twoEnvironments();
  reader.journal.throttle('check');
  reader.invoke();
  await reader.get('tea');
  put('tea', 'tea 2');

  expect(await reader.get('tea')).toBe('"tea 2"');
});
