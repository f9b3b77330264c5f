import { describe, expect, it } from '@jest/globals';
import type { EntryKey } from '../../src/domain/cache/cache-entry.ts';
import type { BatchAnswer, ItemSource, SourceAnswer } from '../../src/ports/outbound/item-source.ts';
import {
  ANY,
  type ApplicationOptions,
  createApplication,
  everything,
  fill,
  groupOf,
  keyOf,
  PLAIN,
  refused,
  textOf,
} from '../support/application/create-application.ts';
import { sharedWorld, startSharing } from '../support/application/sharing-environments.ts';
import type { FakeItemSource } from '../support/fakes/fake-item-source.ts';

const [asked, other] = [keyOf('asked'), keyOf('other')];
const mistake = (text: string) =>
  expect.objectContaining({
    name: 'TypeError',
    message: `the source of group "Products" breaks the contract of ItemSource: ${text}`,
  });
const OTHER_KEY = mistake('read answered another key than the one it was given');
const FOREIGN_KEY = mistake('readMany named a key that it was not given');
const FOREIGN_GROUP = mistake('readGroup answered a key of another group');

const answerFor = (key: EntryKey, askedAt = 1): SourceAnswer => ({
  key,
  askedAt,
  bodies: [{ contentType: PLAIN, bytes: new TextEncoder().encode('v1') }],
});

const reading = (answer: SourceAnswer): ApplicationOptions => ({
  throughSource: () => ({ read: async () => answer }),
});

describe('a source whose read answers another key', () => {
  it.each([
    ['the same group', other],
    ['another group', keyOf('asked', 'Orders')],
    ['a group that does not exist', keyOf('asked', 'unknown')],
  ])('makes the read fail and stores nothing, for a key of %s', async (_, key) => {
    const app = createApplication({
      ...reading(answerFor(key)),
      groups: [groupOf('Products'), groupOf('Orders')],
    });

    await expect(app.read(asked)).rejects.toEqual(OTHER_KEY);
    expect(app.store.usage().entries).toBe(0);
    expect(app.status.status().counts).toMatchObject({ failures: 1, sourceFailures: 1 });
  });

  it('shares nothing with other environments', async () => {
    const world = sharedWorld();
    const environment = startSharing(world, {
      throughSource: () => ({ read: async () => answerFor(other) }),
    });

    const read = environment.reader.read(asked, { contentType: PLAIN, freshness: ANY });
    await Promise.all([expect(read).rejects.toEqual(OTHER_KEY), world.clock.advance(0)]);

    expect(environment.counts()).toMatchObject({ stored: 0 });
  });

  it('is reported in the log if no reader waits', async () => {
    let answer = answerFor(asked);
    const app = createApplication({ throughSource: () => ({ read: async () => answer }) });
    answer = answerFor(asked, app.clock.now());
    await app.read(asked);
    await app.clock.advance(60_001);
    answer = answerFor(other, app.clock.now());
    expect(textOf(await app.read(asked))).toBe('v1');
    await app.clock.advance(0);

    expect(app.logger.at('error')).toMatchObject([
      { message: 'a background refresh failed with a defect', fields: { error: OTHER_KEY } },
    ]);
    expect(app.store.get(other)).toBeUndefined();
  });

  it('may use an equal key of its own', async () => {
    const app = createApplication(reading(answerFor(keyOf('asked'))));

    expect(textOf(await app.read(asked))).toBe('v1');
  });
});

describe('a source whose answer has no time', () => {
  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [undefined, 'undefined'],
    ['2026-01-01', 'string'],
  ])('makes a read fail for %p', async (askedAt, given) => {
    const app = createApplication(reading(Object.assign(answerFor(asked), { askedAt })));
    const error = mistake(`askedAt of an answer is ${given}; allowed: milliseconds since the epoch`);

    await expect(app.read(asked)).rejects.toEqual(error);
    expect(app.store.usage().entries).toBe(0);
  });
});

it('a source whose answer has no bodies makes a read fail', async () => {
  const app = createApplication(reading(Object.assign(answerFor(asked), { bodies: undefined })));

  await expect(app.read(asked)).rejects.toEqual(mistake('an answer has no array of bodies'));
});

const batches = (readMany: (keys: readonly EntryKey[], source: FakeItemSource) => Promise<BatchAnswer>) => ({
  groups: [groupOf('Products', {}, { keys: [asked, keyOf('second')] })],
  throughSource: (source: FakeItemSource): ItemSource => ({
    batchLimit: 10,
    read: (key, want) => source.read(key, want),
    readMany: (keys) => readMany(keys, source),
  }),
});

describe('a source whose batch names a key that was not asked', () => {
  const foreign = keyOf('asked', 'Orders');
  const NONE: BatchAnswer = { answers: [], unprocessed: [] };

  it.each([
    ['an answer', { ...NONE, answers: [answerFor(foreign)] }],
    ['an unprocessed key', { ...NONE, unprocessed: [foreign] }],
    ['a refusal', { ...NONE, refused: [{ key: foreign, error: refused() }] }],
  ])('makes the preload fail for %s', async (_, batch) => {
    const app = createApplication(batches(async () => batch));
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'internal' }]);
    expect(app.logger.at('error')).toMatchObject([{ fields: { group: 'Products', error: FOREIGN_KEY } }]);
    expect(app.store.usage().entries).toBe(0);
  });

  it('makes the preload fail for an answer without a time', async () => {
    const answers = [answerFor(asked, Number.NaN), answerFor(keyOf('second'))];
    const app = createApplication(batches(async () => ({ ...NONE, answers })));
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', entries: 0 }]);
  });

  it('makes a refresh fail, which is logged', async () => {
    const app = createApplication(batches(async () => ({ ...NONE, answers: [answerFor(foreign)] })));
    await fill(app, asked, keyOf('second'));
    await app.clock.advance(60_001);
    await Promise.all([app.read(asked), app.read(keyOf('second'))]);
    await app.clock.advance(0);

    expect(app.logger.at('error')).toMatchObject([{ fields: { error: FOREIGN_KEY } }]);
    expect(app.store.get(foreign)).toBeUndefined();
  });
});

describe('a source whose page has a wrong answer', () => {
  it.each([
    ['a key of another group', answerFor(keyOf('k', 'Orders')), FOREIGN_GROUP],
    [
      'an answer without a time',
      answerFor(asked, Number.NaN),
      mistake('askedAt of an answer is NaN; allowed: milliseconds since the epoch'),
    ],
  ])('makes the preload fail for %s', async (_, answer, error) => {
    const app = createApplication({
      groups: [groupOf('Products', {}, everything), groupOf('Orders')],
      throughSource: (source) => ({
        read: (key, want) => source.read(key, want),
        readGroup: async () => ({ answers: [answer] }),
      }),
    });
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', entries: 0 }]);
    expect(app.logger.at('error')).toMatchObject([{ fields: { error } }]);
    expect(app.store.usage().entries).toBe(0);
  });
});

describe('a source whose batchLimit is no whole number of at least 1', () => {
  const limits = [Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY];
  const limited = (batchLimit: number): ApplicationOptions => ({
    ...batches(async () => ({ answers: [], unprocessed: [] })),
    batchLimit,
    throughSource: (source) => source,
  });
  const error = (batchLimit: number) =>
    expect.objectContaining({
      name: 'TypeError',
      message: `batchLimit of a source is ${batchLimit}; allowed: a whole number of 1 or more`,
    });

  it.each(limits)('makes a preload fail, with %d', async (batchLimit) => {
    const app = createApplication(limited(batchLimit));
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', entries: 0 }]);
    expect(app.logger.at('error')).toMatchObject([{ fields: { error: error(batchLimit) } }]);
  });

  it.each(limits)('is logged by a refresh, which reads each key alone, with %d', async (batchLimit) => {
    const app = createApplication(limited(batchLimit));
    await fill(app, asked, other);
    await app.clock.advance(60_001);
    app.source.put(asked, 'v2');
    await Promise.all([app.read(asked), app.read(other)]);
    await app.clock.advance(0);

    expect(textOf(await app.read(asked))).toBe('v2');
    expect(app.logger.at('error')).toMatchObject([{ fields: { error: error(batchLimit) } }]);
  });
});
