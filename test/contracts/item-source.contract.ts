import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntryKey } from '../../src/domain/cache/cache-entry.ts';
import { SourceRefusedError, SourceTimeoutError, TransientError } from '../../src/domain/cache/errors.ts';
import type {
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  RefusedKey,
  SourceAnswer,
} from '../../src/ports/outbound/item-source.ts';
import type { FakeClock } from '../support/fakes/fake-clock.ts';
import type { Gate } from '../support/fakes/gate.ts';

/** A source under test, and the strings by which its origin is pulled. Its group is empty at the beginning. */
export interface ItemSourceSubject {
  readonly source: ItemSource;
  readonly clock: FakeClock;
  /** Every content type that the source knows. */
  readonly contentTypes: readonly [string, ...string[]];
  readonly group: string;
  keyOf(id: string): EntryKey;
  /** Lets the origin have something under the key, of about so many bytes; resolves with the text of its bodies by content type. */
  put(key: EntryKey, bytes: number): Promise<Readonly<Record<string, string>>>;
  remove(key: EntryKey): Promise<void>;
  /** How many calls the origin has got. */
  calls(): number;
  /** Holds up all calls from now on. */
  hold(): Pick<Gate, 'arrived' | 'open'>;
  /** Makes the origin refuse to read the group, as something that is not there. */
  refuse(): Promise<void>;
  /** Lets all connections to the origin end, and none begin. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

export interface ItemSourceContract {
  readonly name: string;
  /** Whether the source reads groups, which some cannot; by default it does. */
  readonly readsGroups?: boolean;
  start(): Promise<ItemSourceSubject>;
  /** Why this source cannot be tested here. */
  readonly skip?: string | undefined;
}

/** What every `ItemSource` promises. */
export const runItemSourceContract = ({
  name,
  start,
  skip,
  readsGroups = true,
}: ItemSourceContract): void => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(`${name} as an ItemSource${skip === undefined ? '' : ` (${skip})`}`, () => {
    let subject: ItemSourceSubject;

    beforeEach(async () => {
      subject = await start();
    });

    afterEach(() => subject.close());

    const want = (signal = new AbortController().signal): ReadOptions => ({
      contentTypes: subject.contentTypes,
      signal,
    });

    it('reads the bodies of what is there, one for each content type wanted, in their order', async () => {
      const key = subject.keyOf('a');
      const expected = await subject.put(key, 10);

      const answer = await subject.source.read(key, want());
      const one = await subject.source.read(key, { ...want(), contentTypes: subject.contentTypes.slice(-1) });

      expect(answer.key.text).toBe(key.text);
      expect(answer.bodies.map(({ contentType }) => contentType)).toEqual(subject.contentTypes);
      expect(textsOf(answer)).toEqual(expected);
      expect(one.bodies).toEqual(answer.bodies.slice(-1));
    });

    it('answers without bodies where nothing is', async () => {
      const key = subject.keyOf('a');
      await subject.put(subject.keyOf('b'), 10);

      expect(await subject.source.read(key, want())).toEqual({
        key,
        askedAt: subject.clock.now(),
        bodies: [],
      });
    });

    it('sees what was changed and removed between two reads', async () => {
      const key = subject.keyOf('a');
      const first = await subject.put(key, 10);
      const second = await subject.put(key, 20);

      expect(second).not.toEqual(first);
      expect(textsOf(await subject.source.read(key, want()))).toEqual(second);
      await subject.remove(key);
      expect((await subject.source.read(key, want())).bodies).toEqual([]);
    });

    it('shows every change before the call to who asks for consistency, by each method', async () => {
      const key = subject.keyOf('a');
      await subject.put(key, 10);
      const expected = await subject.put(key, 20);
      const consistently = { ...want(), consistent: true };

      const batch = await subject.source.readMany?.([key], consistently);
      const page = await subject.source.readGroup?.(subject.group, { part: 0, parts: 1 }, consistently);

      for (const answer of [
        await subject.source.read(key, consistently),
        ...(batch?.answers ?? []),
        ...(page?.answers ?? []),
      ])
        expect(textsOf(answer)).toEqual(expected);
    });

    it('says when the origin was asked, not when it answered', async () => {
      const key = subject.keyOf('a');
      await subject.put(key, 10);
      const askedAt = subject.clock.now();
      const gate = subject.hold();
      const single = subject.source.read(key, want());
      const batch = subject.source.readMany?.([key], want());
      const page = subject.source.readGroup?.(subject.group, { part: 0, parts: 1 }, want());
      await gate.arrived(readsGroups ? 3 : 2);

      await subject.clock.advance(1000);
      gate.open();

      expect((await single).askedAt).toBe(askedAt);
      expect((await batch)?.answers[0]?.askedAt).toBe(askedAt);
      expect((await page) === undefined).toBe(!readsGroups);
      for (const answer of (await page)?.answers ?? []) expect(answer.askedAt).toBe(askedAt);
    });

    it('asks the origin once for each call', async () => {
      const keys = ['a', 'b', 'c'].map((id) => subject.keyOf(id));
      for (const key of keys) await subject.put(key, 10);

      await subject.source.read(subject.keyOf('a'), want());
      expect(subject.calls()).toBe(1);
      await subject.source.readMany?.(keys, want());
      expect(subject.calls()).toBe(2);
      await subject.source.readGroup?.(subject.group, { part: 0, parts: 1 }, want());
      expect(subject.calls()).toBe(readsGroups ? 3 : 2);
    });

    it('answers every key of a batch, found or absent, and leaves none out', async () => {
      const { source } = subject;
      const keys = Array.from({ length: source.batchLimit ?? 1 }, (_, index) => subject.keyOf(`id-${index}`));
      const expected = new Map<string, Readonly<Record<string, string>>>();
      for (const [index, key] of keys.entries()) {
        if (index % 3 !== 0) expected.set(key.text, await subject.put(key, 10));
      }

      const answers = (await source.readMany?.(keys, want()))?.answers ?? [];

      expect(answers.map(({ key }) => key.text).sort()).toEqual(keys.map(({ text }) => text).sort());
      for (const answer of answers) expect(textsOf(answer)).toEqual(expected.get(answer.key.text) ?? {});
    });

    const itReadsGroups = readsGroups ? it : it.skip;

    itReadsGroups.each([1, 3])('reads all of a group in pages, in %d parts', async (parts) => {
      const { source, group } = subject;
      const expected = new Map<string, Readonly<Record<string, string>>>();
      for (let index = 0; index < 24; index += 1) {
        const key = subject.keyOf(`id-${index}`);
        expected.set(key.text, await subject.put(key, 350_000));
      }
      const found: SourceAnswer[] = [];
      let pages = 0;
      for (let part = 0; part < parts; part += 1) {
        let cursor: GroupCursor | undefined = { part, parts };
        while (cursor !== undefined) {
          const page: GroupPage | undefined = await source.readGroup?.(group, cursor, want());
          found.push(...(page?.answers ?? []));
          pages += 1;
          cursor = page?.next;
          if (cursor !== undefined) expect(cursor).toMatchObject({ part, parts });
        }
      }

      expect(pages).toBeGreaterThan(parts);
      // A source may find out without a call that it has nothing in a part.
      expect(subject.calls()).toBeLessThanOrEqual(pages);
      expect(found).toHaveLength(expected.size);
      for (const answer of found) expect(textsOf(answer)).toEqual(expected.get(answer.key.text));
    });

    itReadsGroups('has one empty page of an empty group', async () => {
      const page = await subject.source.readGroup?.(subject.group, { part: 0, parts: 1 }, want());

      expect({ ...page, answers: [...(page?.answers ?? [0])] }).toEqual({ answers: [] });
    });

    it('gives up at once when nobody needs the answer any more', async () => {
      const key = subject.keyOf('a');
      const gate = subject.hold();
      const controller = new AbortController();
      const calls = eachCall(subject, key, want(controller.signal));
      await gate.arrived(calls.length);
      controller.abort();

      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(SourceTimeoutError) });
      }
      gate.open();
    });

    it('does not ask at all when nobody needs the answer from the beginning', async () => {
      const calls = eachCall(subject, subject.keyOf('a'), want(AbortSignal.abort()));

      for (const outcome of await Promise.allSettled(calls)) expect(outcome.status).toBe('rejected');
      expect(subject.calls()).toBe(0);
    });

    it('reports a group that is not there as a refusal', async () => {
      await subject.refuse();

      const key = subject.keyOf('a');
      for (const outcome of await Promise.allSettled(eachCall(subject, key, want()))) {
        // A source that reads the keys of a refused batch one by one says of each that it was refused.
        const reason = outcome.status === 'rejected' ? outcome.reason : refusalIn(outcome.value, key);
        expect(reason).toBeInstanceOf(SourceRefusedError);
      }
    });

    it('reports a lost connection as a passing failure that keeps its cause', async () => {
      const key = subject.keyOf('a');
      await subject.put(key, 10);
      await subject.source.read(key, want());
      await subject.disconnect();

      for (const outcome of await Promise.allSettled(eachCall(subject, key, want()))) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { lostContact: true, code: 'upstream_unavailable' },
        });
        const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
        expect(reason).toBeInstanceOf(TransientError);
        expect(reason instanceof TransientError && reason.cause).toBeTruthy();
      }
    });
  });
};

/** One call by each method that the source has. */
/** The refusal of the only key of a batch. */
const refusalIn = (answer: unknown, { text }: EntryKey): unknown => {
  const { answers, refused } = Object(answer);
  expect(answers).toEqual([]);
  return refused?.find(({ key }: RefusedKey) => key.text === text)?.error;
};

const eachCall = (
  { source, group }: ItemSourceSubject,
  key: EntryKey,
  want: ReadOptions,
): readonly Promise<unknown>[] =>
  [
    source.read(key, want),
    source.readMany?.([key], want),
    source.readGroup?.(group, { part: 0, parts: 1 }, want),
  ].filter((call) => call !== undefined);

const textsOf = ({ bodies }: SourceAnswer): Readonly<Record<string, string>> =>
  Object.fromEntries(bodies.map(({ contentType, bytes }) => [contentType, new TextDecoder().decode(bytes)]));
