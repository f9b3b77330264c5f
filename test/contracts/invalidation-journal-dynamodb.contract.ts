import { setImmediate as macrotask } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { announcingUpdate, pagesQuery } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../src/domain/cache/errors.ts';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { Announcement, InvalidationJournal } from '../../src/ports/outbound/invalidation-journal.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { fullPage, LONG_SCOPE } from '../support/dynamodb/full-page.ts';
import { type DynamoDbJournalSubject, startJournalSubject } from '../support/dynamodb/journal-subject.ts';
import { callDynamoDb } from '../support/dynamodb/wire.ts';
import { FAULTS, type FaultName } from '../support/faults/faults.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';

export interface DynamoDbJournalContract {
  readonly name: string;
  /** Started already, and closed by the caller. */
  readonly server: () => DynamoDbServer;
  readonly skip?: string | undefined;
}

const SCOPE = 'eu-west-1/Things';
const SECRET = '31337';

const AT = 1_700_000_000_000;

const keys = (...changed: readonly number[]): Announcement => ({
  scope: SCOPE,
  changed,
  isUnknown: false,
  at: AT,
});
const signal = (): AbortSignal => new AbortController().signal;

const isTrim = ({ body }: ProxiedRequest): boolean => JSON.stringify(body).includes('REMOVE');

const PAGE: AttributeMap = {
  table: { S: SCOPE },
  page: { N: '100' },
  version: { N: '1' },
  epoch: { N: '7' },
  head: { N: '1' },
  '5': { N: '1' },
  ring: { L: [{ N: '10' }] },
};

/** Answers of status 200 that are not those of DynamoDB. */
const NO_ANSWERS: readonly FaultName[] = [
  'no-item',
  'garbage',
  'empty',
  'error-as-success',
  'other-object',
  'other-item',
  'other-type',
  'cut',
  'noise',
];

/** What `DynamoDbJournal` promises beyond the port. */
export const runDynamoDbJournalContract = ({
  name,
  server: started,
  skip,
}: DynamoDbJournalContract): void => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(`DynamoDbJournal on ${name}${skip === undefined ? '' : ` (${skip})`}`, () => {
    let server: DynamoDbServer;
    let subject: DynamoDbJournalSubject;
    let journal: InvalidationJournal;

    beforeEach(async () => {
      server = started();
      subject = await startJournalSubject(server);
      journal = subject.journal({ pages: 1 });
    });

    afterEach(() => subject.close());

    it('keeps a page as one item of the documented format', async () => {
      await journal.announce(keys(5, 127), signal());
      await journal.announce({ ...keys(2 ** 32 - 1), isUnknown: true }, signal());
      await journal.announce({ ...keys(), changed: 'everything' }, signal());

      expect(await subject.items()).toEqual([
        {
          table: { S: SCOPE },
          page: { N: '100' },
          version: { N: '1' },
          epoch: { N: expect.stringMatching(/^\d{1,10}$/) },
          head: { N: '3' },
          all: { N: '1' },
          unknown: { N: '1' },
          unknownAt: { N: String(AT) },
          '5': { N: '1' },
          '3j': { N: '2' },
          ring: { L: [{ N: '10' }, { N: '254' }, { N: '8589934591' }] },
        },
      ]);
    });

    it('announces with one UpdateItem for each page, and checks with one consistent Query', async () => {
      const writer = subject.journal({ pages: 16 });
      const warnings: Error[] = [];
      const note = (warning: Error) => warnings.push(warning);
      process.on('warning', note);
      await writer.announce(keys(...Array.from({ length: 40 }, (_, n) => n * 128)), signal());
      expect(server.requests.map(({ operation }) => operation)).toEqual(Array(16).fill('UpdateItem'));
      expect(await writer.check(SCOPE, signal())).toHaveLength(16);

      expect(server.requests).toHaveLength(17);
      expect(server.requests.at(-1)).toMatchObject({
        operation: 'Query',
        body: { TableName: subject.table, ConsistentRead: true },
      });
      process.off('warning', note);
      expect(warnings).toEqual([]);
    });

    it('takes one write unit for an announcement and one read unit for a check, by the count of DynamoDB', async () => {
      for (const page of [400, 401, 402, 403]) await subject.put(fullPage(LONG_SCOPE, page));
      const counted = { TableName: subject.table, ReturnConsumedCapacity: 'TOTAL' };
      const unitsOf = async (operation: string, input: object): Promise<unknown> => {
        const answer = await callDynamoDb(server.directEndpoint, operation, { ...counted, ...input });
        return JSON.parse(answer).ConsumedCapacity.CapacityUnits;
      };
      expect(await unitsOf('Query', pagesQuery(LONG_SCOPE, undefined))).toBe(1);
      const update = { scope: LONG_SCOPE, pages: 4, index: 0, hashes: [1], everything: false, at: AT };

      expect(await unitsOf('UpdateItem', announcingUpdate({ ...update, isUnknown: true }, 1, 32))).toBe(1);
    });

    it('trims the right end of a ring that others make longer meanwhile', async () => {
      const announced = Array.from({ length: 70 }, (_, n) => n);
      const released: (() => void)[] = [];
      server.proxy.inject({
        when: isTrim,
        fault: async ({ forward, response }) => {
          await new Promise<void>((resolve) => {
            released.push(resolve);
          });
          const { status, headers, bytes } = await forward();
          response.writeHead(status, headers).end(bytes);
        },
      });
      for (const hash of announced) await journal.announce(keys(hash), signal());
      await server.proxy.arrived(4, isTrim);
      for (const release of released.reverse()) release();
      while (server.proxy.waiting > 0) await macrotask();
      const [page] = await journal.check(SCOPE, signal());

      expect(page?.ring.map(({ hash }) => hash)).toEqual(announced.slice(-(page?.ring.length ?? 0)));
      expect(page?.ring.length).toBeGreaterThanOrEqual(32);
      expect(page?.ring.length).toBeLessThan(40);
      expect(page?.head).toBe(70);
    });

    it('is not disturbed by a trim that fails, and trims the rest with the next one', async () => {
      server.proxy.inject({ when: isTrim, fault: FAULTS.throttle });
      for (let hash = 0; hash < 47; hash += 1) await journal.announce(keys(hash), signal());
      await server.proxy.arrived(1, isTrim);
      server.proxy.heal();
      const [page] = await journal.announce(keys(47), signal());
      expect(page?.ring).toHaveLength(48);
      await server.proxy.arrived(2, isTrim);
      while (server.proxy.waiting > 0) await macrotask();

      expect((await journal.check(SCOPE, signal()))[0]?.ring).toHaveLength(32);
    });

    it('ignores attributes that it does not know', async () => {
      await subject.put({ ...PAGE, owner: { S: 'somebody' }, '3k': { S: '128' }, '05': { N: '-1' } });

      expect(await journal.check(SCOPE, signal())).toEqual([
        {
          pages: 1,
          index: 0,
          epoch: 7,
          head: 1,
          everything: 0,
          unknown: 0,
          unknownAt: 0,
          stripes: new Map([[5, 1]]),
          ring: [{ hash: 5, isUnknown: false }],
        },
      ]);
    });

    it.each<[string, AttributeMap[string] | undefined]>([
      ['version', undefined],
      ['version', { N: '0' }],
      ['version', { S: SECRET }],
      ['epoch', undefined],
      ['epoch', { N: `-${SECRET}` }],
      ['head', { N: '1.5' }],
      ['head', { N: '9007199254740992' }],
      ['head', { N: '123E+40' }],
      ['all', { S: SECRET }],
      ['unknown', { BOOL: true }],
      ['unknownAt', { S: SECRET }],
      ['5', { S: SECRET }],
      ['3j', { N: `-${SECRET}` }],
      ['ring', { N: SECRET }],
      ['ring', { L: [{ N: '1' }, { S: SECRET }] }],
      ['ring', { L: [{ N: '8589934592' }] }],
      ['page', { N: '99' }],
      ['page', { N: '101' }],
      ['page', { N: `-${SECRET}` }],
    ])('refuses a page whose %s is %j, and names no value', async (attribute, value) => {
      const { [attribute]: _replaced, ...rest } = PAGE;
      await subject.put(value === undefined ? rest : { ...rest, [attribute]: value });
      const error: unknown = await journal.check(SCOPE, signal()).catch((reason: unknown) => reason);

      expect(error).toBeInstanceOf(SourceUnavailableError);
      expect(String(error)).toContain(
        `a page whose attribute ${attribute} is not as the extension writes it`,
      );
      expect(String(error)).not.toContain(SECRET);
    });

    it('refuses a page of a newer version, to readers and writers, and asks for an update', async () => {
      await subject.put({ ...PAGE, version: { N: '2' }, ring: { L: [] }, epoch: { S: 'a new format' } });
      const message = 'the journal has a page of format 2 or later, and this version reads format 1';

      const calls = [journal.check(SCOPE, signal()), journal.announce(keys(1), signal())];
      for (const call of await Promise.allSettled(calls)) {
        const error: unknown = call.status === 'rejected' ? call.reason : undefined;
        expect(error).toBeInstanceOf(SourceUnavailableError);
        expect(String(error)).toContain(message);
      }
      expect(server.requests.filter(({ operation }) => operation === 'UpdateItem')).toHaveLength(1);
    });

    it('refuses an announcement on a page whose counter is no number', async () => {
      await subject.put({ ...PAGE, head: { S: SECRET } });

      await expect(journal.announce(keys(1), signal())).rejects.toThrow(SourceRefusedError);
      await expect(journal.announce(keys(1), signal())).rejects.toThrow(
        'the key of the table must be table (String) and page (Number)',
      );
    });

    it('says what a role needs that is denied', async () => {
      server.proxy.inject({ fault: FAULTS['access-denied'] });

      await expect(journal.announce(keys(1), signal())).rejects.toThrow(
        `DynamoDB refused UpdateItem of the journal table ${subject.table}: access denied, the function's role needs dynamodb:UpdateItem on that table`,
      );
      await expect(journal.check(SCOPE, signal())).rejects.toThrow(
        `DynamoDB refused Query of the journal table ${subject.table}: access denied, the function's role needs dynamodb:Query on that table`,
      );
      expect(server.requests).toHaveLength(2);
    });

    it('says how to make a table that does not exist', async () => {
      await callDynamoDb(server.directEndpoint, 'DeleteTable', { TableName: subject.table });
      const message = `of the journal table ${subject.table}: there is no such table, check CACHE_EXTENSION_JOURNAL_TABLE and the region, or create it with dynamodb-cache-extension journal create`;

      const calls = [journal.check(SCOPE, signal()), journal.announce(keys(1), signal())];
      for (const call of await Promise.allSettled(calls)) {
        const error: unknown = call.status === 'rejected' ? call.reason : undefined;
        expect(error).toBeInstanceOf(SourceRefusedError);
        expect(String(error)).toContain(message);
      }
    });

    it.each(['reset', 'reset-midway', 500, 503, 'garbage', 'other-item'] satisfies readonly FaultName[])(
      'announces once more after %s, and no third time',
      async (fault) => {
        server.proxy.inject({ fault: FAULTS[fault], times: 1 });
        await journal.announce(keys(1), signal());
        expect(server.requests).toHaveLength(2);
        // Otherwise, the client itself repeats a call on a connection that it kept.
        journal.dropConnections?.();
        server.proxy.inject({ fault: FAULTS[fault] });

        await expect(journal.announce(keys(1), signal())).rejects.toThrow(
          String(fault).startsWith('reset') ? SourceConnectionError : SourceUnavailableError,
        );
        expect(server.requests).toHaveLength(4);
      },
    );

    it('waits with jitter before a throttled announcement is made again', async () => {
      server.proxy.inject({ fault: FAULTS.throttle, times: 3 });
      const announcing = journal.announce(keys(1), signal());
      for (const [attempt, longestMs] of [50, 100, 200].entries()) {
        await server.proxy.arrived(attempt + 1);
        while (subject.clock.pendingTasks === 0) await macrotask();
        expect(server.requests).toHaveLength(attempt + 1);
        await subject.clock.advance(longestMs);
      }

      expect(await announcing).toHaveLength(1);
      expect(server.requests).toHaveLength(4);
    });

    it('gives up a throttled announcement at the deadline, and says that it was throttled', async () => {
      server.proxy.inject({ fault: FAULTS.throttling });
      const deadline = new AbortController();
      const announcing = journal.announce(keys(1), deadline.signal);
      await server.proxy.arrived(1);
      while (subject.clock.pendingTasks === 0) await macrotask();
      deadline.abort();

      await expect(announcing).rejects.toThrow(SourceThrottledError);
      expect(server.requests).toHaveLength(1);
      expect(subject.clock.pendingTasks).toBe(0);
    });

    it('rejects an announcement if one of its pages fails', async () => {
      server.proxy.inject({ fault: FAULTS['access-denied'], times: 1 });

      await expect(subject.journal({ pages: 2 }).announce(keys(0, 128), signal())).rejects.toThrow(
        SourceRefusedError,
      );
    });

    it.each(NO_ANSWERS)('never takes %s for a journal without announcements', async (fault) => {
      await journal.announce(keys(1), signal());
      server.proxy.inject({ fault: FAULTS[fault], operation: 'Query', times: 1 });

      await expect(journal.check(SCOPE, signal())).rejects.toThrow(SourceUnavailableError);
      expect(await journal.check(SCOPE, signal())).toHaveLength(1);
    });

    it('refuses pages of another scope, and closes the connection that sent them', async () => {
      await journal.announce({ ...keys(1), scope: 'eu-west-1/Others' }, signal());
      const others = JSON.stringify({ Items: [{ ...PAGE, table: { S: 'eu-west-1/Others' } }] });
      server.proxy.inject({
        fault: ({ response }) => {
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(others);
        },
        operation: 'Query',
        times: 1,
      });
      const before = server.proxy.connections;
      await expect(journal.check(SCOPE, signal())).rejects.toThrow(SourceUnavailableError);
      await journal.check(SCOPE, signal());

      expect(server.proxy.connections).toBe(before + 1);
    });
  });
};
