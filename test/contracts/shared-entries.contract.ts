import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TransientError } from '../../src/domain/cache/errors.ts';
import type { SharedEntries } from '../../src/ports/outbound/shared-entries.ts';
import { eventually } from '../support/e2e/eventually.ts';

/** Empty shared entries under test, and the ways to break them. */
export interface SharedEntriesSubject {
  /** The entries as one more environment sees them. */
  entries(): SharedEntries;
  /** Lets no call have an answer. */
  pause(): void;
  resume(): void;
  /** Ends all connections, and lets none begin. What was stored is lost. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  /** Removes everything. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SharedEntriesContract {
  readonly name: string;
  start(): Promise<SharedEntriesSubject>;
  /** Why these entries cannot be tested here. */
  readonly skip?: string | undefined;
}

const signal = (): AbortSignal => new AbortController().signal;
const LONG_MS = 60_000;
const everyByte = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256);

/** What every `SharedEntries` promises. */
export const runSharedEntriesContract = ({ name, start, skip }: SharedEntriesContract): void => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(`${name}${skip === undefined ? '' : ` (${skip})`}`, () => {
    let subject: SharedEntriesSubject;
    let opened: SharedEntries[] = [];
    const open = (): SharedEntries => {
      const entries = subject.entries();
      opened.push(entries);
      return entries;
    };
    const get = async (entries: SharedEntries, key: string) => (await entries.getMany([key], signal()))[0];
    const set = (entries: SharedEntries, key: string, bytes: Uint8Array, lifetimeMs = LONG_MS) =>
      entries.setMany([{ name: key, bytes, lifetimeMs }], signal());

    beforeAll(async () => {
      subject = await start();
    });

    afterEach(async () => {
      for (const entries of opened) entries.dropConnections?.();
      opened = [];
      await subject.flush();
    });

    afterAll(() => subject.close());

    it('returns to one environment what another one has stored, byte for byte and in order', async () => {
      const [one, other] = [open(), open()];
      await one.setMany(
        [
          { name: 'a', bytes: everyByte, lifetimeMs: LONG_MS },
          { name: 'b', bytes: new Uint8Array(0), lifetimeMs: LONG_MS },
        ],
        signal(),
      );

      const [b, none, a] = await other.getMany(['b', 'none', 'a'], signal());
      expect(none).toBeUndefined();
      expect([...(b ?? [1])]).toEqual([]);
      expect(Buffer.compare(a ?? new Uint8Array(0), everyByte)).toBe(0);
    });

    it('returns the value that was stored last', async () => {
      const entries = open();
      await set(entries, 'a', Uint8Array.of(1));
      await set(entries, 'a', Uint8Array.of(2));

      expect([...((await get(entries, 'a')) ?? [])]).toEqual([2]);
    });

    it('returns nothing after the lifetime', async () => {
      const entries = open();
      await set(entries, 'a', Uint8Array.of(1), 20);

      expect(
        await eventually(
          () => get(entries, 'a'),
          (value) => value === undefined,
        ),
      ).toBeUndefined();
    });

    it('rejects with the reason of a call that is given up, and works afterwards', async () => {
      const entries = open();
      await set(entries, 'a', Uint8Array.of(1));
      subject.pause();
      const abort = new AbortController();
      const hanging = entries.getMany(['a'], abort.signal);
      abort.abort(new Error('it takes too long'));

      await expect(hanging).rejects.toThrow('it takes too long');
      subject.resume();
      expect([...((await get(entries, 'a')) ?? [])]).toEqual([1]);
    });

    it('rejects with a transient error while it is out of reach, and works again without being told', async () => {
      const entries = open();
      await set(entries, 'a', Uint8Array.of(1));
      await subject.stop();

      await expect(get(entries, 'a')).rejects.toBeInstanceOf(TransientError);
      await expect(set(entries, 'a', Uint8Array.of(2))).rejects.toBeInstanceOf(TransientError);
      await subject.startAgain();
      await set(entries, 'a', Uint8Array.of(3));
      expect([...((await get(entries, 'a')) ?? [])]).toEqual([3]);
    });

    it('works after its connections were dropped', async () => {
      const entries = open();
      entries.open?.();
      await set(entries, 'a', Uint8Array.of(1));
      entries.dropConnections?.();

      expect([...((await get(entries, 'a')) ?? [])]).toEqual([1]);
    });
  });
};
