import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamHandler } from '../../../src/adapters/dynamodb-stream/stream-handler.ts';
import { SourceUnavailableError } from '../../../src/domain/cache/errors.ts';
import { hashOf } from '../../../src/domain/cache/journal-page.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import type { KeyNames } from '../../../src/domain/dynamodb/model/recorded-key.ts';
import type { KeyType } from '../../../src/domain/dynamodb/model/table-spec.ts';
import type { Announcement, InvalidationJournal } from '../../../src/ports/outbound/invalidation-journal.ts';
import { RecordingLogger } from '../../support/fakes/recording-logger.ts';
import { BY_TTL, streamRecord } from './recorded-events.ts';

const NOW = 1_764_374_400_000;
const clock = { now: () => NOW };

/** Keeps what is announced. Scopes that are `away` reject. */
class RecordingJournal implements InvalidationJournal {
  readonly announced: Announcement[] = [];
  readonly away = new Set<string>();
  readonly signals: AbortSignal[] = [];

  async announce(announcement: Announcement, signal: AbortSignal) {
    this.signals.push(signal);
    if (this.away.has(announcement.scope)) throw new SourceUnavailableError('the journal is away');
    this.announced.push(announcement);
    return [];
  }

  async check() {
    return [];
  }
}

const world = (keyNames: KeyNames = { hash: 'id' }) => {
  const journal = new RecordingJournal();
  const logger = new RecordingLogger();
  const described: string[] = [];
  const counted: object[] = [];
  const handler = new StreamHandler({
    count: (metrics) => counted.push(metrics),
    journal,
    journalTable: 'my-journal',
    tableKeys: {
      of: async (table) => {
        described.push(table);
        return keyNames;
      },
    },
    timeoutMs: 2000,
    clock,
    logger,
  });
  return {
    journal,
    logger,
    counted,
    described,
    handler,
    handle: (...Records: unknown[]) => handler.handle({ Records }),
  };
};

const hashOfText = (type: KeyType, text: string) =>
  hashOf(new KeyCodec({ name: 'Products', hashKey: { name: 'id', type } }).fromText(text));

const SUCCESS = { batchItemFailures: [] };

describe('the announcer of streams', () => {
  it.each([
    ['a string', 'S', 'p1', 'p1'],
    ['a number', 'N', '12.50', '12.5'],
    ['binary', 'B', '/+8=', '_-8'],
  ] as const)('announces the key that the cache has for %s', async (_, type, recorded, requested) => {
    const { journal, handle } = world();

    expect(await handle(streamRecord({ Keys: { id: { [type]: recorded } }, SequenceNumber: '1' }))).toEqual(
      SUCCESS,
    );
    expect(journal.announced).toEqual([
      { scope: 'eu-west-1/Products', changed: [hashOfText(type, requested)], isUnknown: false, at: NOW },
    ]);
  });

  it('announces a table of another account under its account, and the own one without', async () => {
    const { journal, described, handler } = world();
    const record = streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber: '1' });
    const { eventSourceARN } = record;
    for (const own of [eventSourceARN.split(':')[4], '999999999999'])
      await handler.handle({ Records: [record] }, own);

    expect(journal.announced.map(({ scope }) => scope)).toEqual([
      'eu-west-1/Products',
      `${eventSourceARN.split(':')[4]}/eu-west-1/Products`,
    ]);
    expect(described).toEqual(['Products', eventSourceARN.split('/stream/')[0]]);
  });

  it.each(['INSERT', 'MODIFY', 'REMOVE'] as const)('announces %s', async (eventName) => {
    const { journal, handle } = world();
    await handle(streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber: '1', eventName }));

    expect(journal.announced).toMatchObject([{ changed: [hashOfText('S', 'a')] }]);
  });

  it('announces a deletion by the TTL of DynamoDB', async () => {
    const { journal, handle } = world();
    const expired = { eventName: 'REMOVE', userIdentity: BY_TTL } as const;
    await handle(streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber: '1', ...expired }));

    expect(journal.announced).toMatchObject([{ changed: [hashOfText('S', 'a')] }]);
  });

  it('tells hash and sort key apart by their names, not by their order in the record', async () => {
    const { journal, handle } = world({ hash: 'pk', sort: 'sk' });
    await handle(
      streamRecord({ Keys: { sk: { N: '7' }, pk: { S: 'a\0b' } }, SequenceNumber: '1' }),
      streamRecord({ Keys: { pk: { S: 'a\0b' }, sk: { N: '7.0' } }, SequenceNumber: '2' }),
    );
    const codec = new KeyCodec({
      name: 'Products',
      hashKey: { name: 'pk', type: 'S' },
      sortKey: { name: 'sk', type: 'N' },
    });

    expect(journal.announced).toMatchObject([{ changed: [hashOf(codec.fromText('a\0b', '7'))] }]);
  });

  it('announces all changes of a table at once, each key once', async () => {
    const { journal, handle } = world();
    const records = ['a', 'b', 'a', 'a'].map((id, index) =>
      streamRecord({ Keys: { id: { S: id } }, SequenceNumber: String(index) }),
    );

    expect(await handle(...records)).toEqual(SUCCESS);
    expect(journal.announced).toEqual([
      {
        scope: 'eu-west-1/Products',
        changed: [hashOfText('S', 'a'), hashOfText('S', 'b')],
        isUnknown: false,
        at: NOW,
      },
    ]);
  });

  it('announces nothing for an empty batch', async () => {
    const { journal, handle } = world();

    expect(await handle()).toEqual(SUCCESS);
    expect(journal.announced).toEqual([]);
  });

  it.each([
    ['has no keys', undefined],
    ['has a key that is no object', 'p1'],
    ['lacks the hash key', { other: { S: 'secret' } }],
    ['has a further key attribute', { id: { S: 'secret' }, sk: { S: 'secret' } }],
    ['has a key of another type', { id: { BOOL: true } }],
    ['has a key that is not a text', { id: { S: 7 } }],
    ['has a key that is empty', { id: { S: '' } }],
    ['has a key that is not a number', { id: { N: 'secret' } }],
    ['has a key that is not base64', { id: { B: 'secret!' } }],
  ])('announces the whole table for a record that %s, and shows no value', async (_, Keys) => {
    const { journal, logger, handle } = world();
    const good = streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber: '1' });
    const { dynamodb, ...rest } = streamRecord({ Keys: {}, SequenceNumber: '2' });
    const poison = { ...rest, dynamodb: { ...dynamodb, Keys } };

    expect(await handle(good, poison, poison)).toEqual(SUCCESS);
    expect(journal.announced).toEqual([
      { scope: 'eu-west-1/Products', changed: 'everything', isUnknown: false, at: NOW },
    ]);
    expect(logger.at('warn')).toMatchObject([
      { fields: { scope: 'eu-west-1/Products', sequenceNumber: '2' } },
    ]);
    expect(JSON.stringify(logger.lines)).not.toContain('secret');
  });

  it('reports the first record of a table whose changes could not be announced, and announces the others', async () => {
    const { journal, logger, handle } = world();
    journal.away.add('eu-west-1/Products');
    const Keys = { id: { S: 'secret' } };

    const answer = await handle(
      streamRecord({ Keys, SequenceNumber: '11', table: 'Others' }),
      streamRecord({ Keys, SequenceNumber: '12' }),
      streamRecord({ Keys, SequenceNumber: '13' }),
    );

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '12' }] });
    expect(journal.announced.map(({ scope }) => scope)).toEqual(['eu-west-1/Others']);
    expect(logger.at('error')).toMatchObject([{ fields: { scope: 'eu-west-1/Products', records: 2 } }]);
    expect(JSON.stringify(logger.lines)).not.toContain('secret');
  });

  it('announces the batch that Lambda repeats', async () => {
    const { journal, handle } = world();
    const record = streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber: '1' });
    journal.away.add('eu-west-1/Products');
    await handle(record);
    journal.away.clear();

    expect(await handle(record)).toEqual(SUCCESS);
    expect(journal.announced).toHaveLength(1);
  });

  it('abandons an announcement after the time-out, and reports it', async () => {
    const journal: InvalidationJournal = {
      announce: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      check: async () => [],
    };
    const parts = {
      journal,
      journalTable: 'my-journal',
      tableKeys: { of: async () => ({ hash: 'id' }) },
      timeoutMs: 1,
      clock,
    };
    const handler = new StreamHandler({ ...parts, logger: new RecordingLogger() });
    const record = streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber: '1' });

    expect(await handler.handle({ Records: [record] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
  });

  it('counts announcements, their records, and failures', async () => {
    const { journal, counted, handle } = world();
    const record = (SequenceNumber: string) => streamRecord({ Keys: { id: { S: 'a' } }, SequenceNumber });
    await handle(record('1'), record('2'));
    journal.away.add('eu-west-1/Products');
    await handle(record('3'));

    expect(counted).toEqual([
      { Announcements: 1, FailedAnnouncements: 0, AnnouncedRecords: 2 },
      { Announcements: 0, FailedAnnouncements: 1, AnnouncedRecords: 0 },
    ]);
  });

  it('does not announce changes of the journal itself', async () => {
    const { journal, logger, handle } = world();
    const Keys = { table: { S: 'eu-west-1/Products' }, page: { N: '400' } };

    expect(await handle(streamRecord({ Keys, SequenceNumber: '1', table: 'my-journal' }))).toEqual(SUCCESS);
    expect(journal.announced).toEqual([]);
    expect(logger.at('error')).toHaveLength(1);
  });

  const plain = streamRecord({ Keys: { id: { S: 'secret' } }, SequenceNumber: '1' });

  it.each([
    [undefined, 'the event has no Records'],
    [{ Records: {} }, 'the event has no Records'],
    [{ Records: [null] }, 'record 0 has no eventSourceARN'],
    [
      { Records: [plain, { ...plain, eventSourceARN: 'arn:aws:sqs:eu-west-1:1:q' }] },
      'record 1 has no event',
    ],
    [{ Records: [{ ...plain, eventSourceARN: 'Products' }] }, 'record 0 has no eventSourceARN'],
    [
      { Records: [{ ...plain, eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Products' }] },
      'record 0 has no eventSourceARN',
    ],
    [{ Records: [{ ...plain, dynamodb: { Keys: plain.dynamodb.Keys } }] }, 'record 0 has no SequenceNumber'],
  ])('fails for an event of another source, and announces nothing: %#', async (event, message) => {
    const { journal, logger } = world();
    const handler = new StreamHandler({
      journal,
      journalTable: 'my-journal',
      tableKeys: { of: async () => ({ hash: 'id' }) },
      timeoutMs: 2000,
      clock,
      logger,
    });

    const failure = await handler.handle(event).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(TypeError);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain('secret');
    expect(journal.announced).toEqual([]);
  });

  it('announces for any batch exactly the keys that the cache has for its items', async () => {
    const text = fc.string({
      minLength: 1,
      maxLength: 5,
      unit: fc.constantFrom('\0', '\u0001', '\u0002', 'a', 'é'),
    });
    const number = fc.integer().map(String);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, number), { minLength: 1, maxLength: 8 }), async (items) => {
        const { journal, handle } = world({ hash: 'pk', sort: 'sk' });
        const codec = new KeyCodec({
          name: 'any',
          hashKey: { name: 'pk', type: 'S' },
          sortKey: { name: 'sk', type: 'N' },
        });
        await handle(
          ...items.map(([pk, sk], index) =>
            streamRecord({ Keys: { pk: { S: pk }, sk: { N: sk } }, SequenceNumber: String(index) }),
          ),
        );
        const expected = new Set(items.map(([pk, sk]) => hashOf(codec.fromText(pk, sk))));

        expect(journal.announced).toMatchObject([{ changed: [...expected] }]);
      }),
      { numRuns: 50 },
    );
  });
});
