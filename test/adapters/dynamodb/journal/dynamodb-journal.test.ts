import { describe, expect, it } from '@jest/globals';
import {
  DynamoDbJournal,
  type DynamoDbJournalParts,
  type JournalUpstream,
} from '../../../../src/adapters/dynamodb/journal/dynamodb-journal.ts';
import type { AttributeMap } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';
import { FixedRandom } from '../../../support/fakes/fixed-random.ts';

interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string | undefined;
}

/** Answers calls in turn; what is left over is answered with the last. */
class ScriptedUpstream implements JournalUpstream {
  readonly calls: Call[] = [];
  dropped = 0;
  readonly #answers: readonly object[];

  constructor(...answers: readonly object[]) {
    this.#answers = answers;
  }

  async send(
    { operation, input }: { readonly operation: string; readonly input: unknown },
    region: string | undefined,
  ): Promise<Uint8Array> {
    const answer = this.#answers[Math.min(this.calls.length, this.#answers.length - 1)];
    this.calls.push({ operation, input: Object(input), region });
    return new TextEncoder().encode(JSON.stringify(answer));
  }

  dropConnections(): void {
    this.dropped += 1;
  }
}

const page = (ringLength: number, number = 400): AttributeMap => ({
  table: { S: 'scope' },
  page: { N: String(number) },
  version: { N: '1' },
  epoch: { N: '1' },
  head: { N: '1000' },
  ring: { L: Array.from({ length: ringLength }, () => ({ N: '2' })) },
});

const journalOver = (upstream: JournalUpstream, parts: Partial<DynamoDbJournalParts> = {}) =>
  new DynamoDbJournal({
    table: 'Journal',
    upstream,
    clock: new FakeClock(),
    random: new FixedRandom(0.75),
    ...parts,
  });

const signal = new AbortController().signal;
const announcing = (...changed: readonly number[]) => ({ scope: 'scope', changed, isUnknown: false, at: 1 });

describe('DynamoDbJournal', () => {
  it.each([
    [{ pages: 0 }, 'pages of the journal: allowed: 1 to 16'],
    [{ pages: 17 }, 'pages of the journal: allowed: 1 to 16'],
    [{ pages: 1.5 }, 'pages of the journal: allowed: 1 to 16'],
    [{ ring: 7 }, 'ring of the journal: allowed: 8 to 256'],
    [{ ring: 257 }, 'ring of the journal: allowed: 8 to 256'],
  ])('refuses %j', (parts, message) => {
    expect(() => journalOver(new ScriptedUpstream(), parts)).toThrow(new RangeError(message));
  });

  it('follows the pages of a Query until DynamoDB names no further key', async () => {
    const key = { table: { S: 'scope' }, page: { N: '400' } };
    const upstream = new ScriptedUpstream(
      { Items: [page(1)], LastEvaluatedKey: key },
      { Items: [], LastEvaluatedKey: key },
      { Items: [page(1, 401)], LastEvaluatedKey: null },
    );
    const pages = await journalOver(upstream).check('scope', signal);

    expect(pages.map(({ index }) => index)).toEqual([0, 1]);
    expect(upstream.calls.map(({ input }) => input.ExclusiveStartKey)).toEqual([undefined, key, key]);
  });

  it('draws 32 random bits as the epoch of a page that it may create', async () => {
    const upstream = new ScriptedUpstream({ Attributes: page(1) });
    await journalOver(upstream, { region: 'eu-west-1' }).announce(announcing(1), signal);

    expect(upstream.calls).toMatchObject([
      { region: 'eu-west-1', input: { ExpressionAttributeValues: { ':epoch': { N: '3221225472' } } } },
    ]);
  });

  it.each([
    { ring: 32, added: 1, lengths: [33, 39, 41, 47, 49], trims: false },
    { ring: 32, added: 1, lengths: [40, 48, 56], trims: true },
    { ring: 32, added: 5, lengths: [40, 44, 48, 52], trims: true },
    { ring: 32, added: 5, lengths: [37, 39, 45, 47], trims: false },
    { ring: 33, added: 1, lengths: [40, 42, 48], trims: false },
    { ring: 33, added: 1, lengths: [41, 49], trims: true },
    { ring: 256, added: 1, lengths: [264, 600], trims: true },
    { ring: 256, added: 1, lengths: [263, 601], trims: false },
  ])(
    'trims a ring once for every eight keys beyond its size: %j',
    async ({ ring, added, lengths, trims }) => {
      const hashes = Array.from({ length: added }, (_, n) => n);
      for (const length of lengths) {
        const upstream = new ScriptedUpstream({ Attributes: page(length) });
        await journalOver(upstream, { ring }).announce(announcing(...hashes), signal);

        expect(upstream.calls).toHaveLength(trims ? 2 : 1);
        expect(upstream.calls[1]?.input.ConditionExpression).toBe(
          trims ? 'size(#ring) >= :length' : undefined,
        );
      }
    },
  );

  it('removes no more elements at once than an expression may name', async () => {
    const upstream = new ScriptedUpstream({ Attributes: page(1000) });
    await journalOver(upstream, { ring: 32 }).announce(announcing(1), signal);
    const { UpdateExpression, ExpressionAttributeValues } = upstream.calls[1]?.input ?? {};

    expect(String(UpdateExpression)).toMatch(/^REMOVE #ring\[255\], #ring\[254\], .*#ring\[1\], #ring\[0\]$/);
    expect(String(UpdateExpression).length).toBeLessThan(4096);
    expect(ExpressionAttributeValues).toEqual({ ':length': { N: '288' } });
  });

  it('gives up a trim after five seconds', async () => {
    const clock = new FakeClock();
    const upstream = new ScriptedUpstream({ Attributes: page(40) });
    const given: AbortSignal[] = [];
    const send: JournalUpstream['send'] = (call, region, abandoned) => {
      given.push(abandoned);
      return given.length === 1 ? upstream.send(call, region) : new Promise(() => undefined);
    };
    const journal = journalOver({ send, dropConnections: () => undefined }, { clock });
    await journal.announce(announcing(1), signal);
    await clock.advance(4999);
    expect(given.map(({ aborted }) => aborted)).toEqual([false, false]);
    await clock.advance(1);

    expect(given.map(({ aborted }) => aborted)).toEqual([false, true]);
  });

  it('keeps expressions of any announcement within the limits of DynamoDB', async () => {
    const upstream = new ScriptedUpstream({ Attributes: page(1) });
    const hashes = Array.from({ length: 20_000 }, (_, n) => n);
    await journalOver(upstream, { pages: 1, ring: 256 }).announce(announcing(...hashes), signal);
    const { UpdateExpression, ExpressionAttributeValues } = upstream.calls[0]?.input ?? {};

    expect(String(UpdateExpression).length).toBeLessThan(4096);
    expect(String(UpdateExpression).split(' #').length).toBeLessThan(300);
    expect(Object(ExpressionAttributeValues)[':added'].L).toHaveLength(256);
  });

  it('drops the connections of its client', () => {
    const upstream = new ScriptedUpstream();
    journalOver(upstream).dropConnections();

    expect(upstream.dropped).toBe(1);
  });
});
