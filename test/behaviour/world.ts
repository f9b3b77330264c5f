import { setImmediate as macrotask } from 'node:timers/promises';
import type { Settings } from '../../src/adapters/config/settings.ts';
import type { Overrides, Program } from '../../src/bootstrap/components.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { type EntryKey, isAbsence } from '../../src/domain/cache/cache-entry.ts';
import { TtlPolicy } from '../../src/domain/cache/ttl-policy.ts';
import { KeyCodec } from '../../src/domain/dynamodb/model/key-codec.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import type { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { settingsOf } from '../support/settings.ts';
import { NEW_BODY, OLD_BODY, readAnswer } from './read-answer.ts';
import {
  type Answer,
  type Asked,
  CACHE_STATES,
  type CacheState,
  type Kept,
  LIFETIMES,
  TIMEOUT_MS,
} from './vocabulary.ts';

const SPEC = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' }, lifetimes: LIFETIMES });
const POLICY = new TtlPolicy(LIFETIMES);

/** The content of every key in DynamoDB. */
export type Content = 'old' | 'new' | 'nothing';

/** The DynamoDB of a test. */
export interface Origin {
  has(content: Content): void;
  /** Releases the reads that are held on their way to DynamoDB. */
  release(): void;
  /** Resolves when a read has arrived that will not be answered. */
  hung(): Promise<void>;
}

/** How the program is connected to its DynamoDB. */
export interface Connection {
  readonly settings?: Partial<Settings>;
  readonly overrides?: Overrides;
}

/** How the reads of one request end: they complete, time out, or stay pending. */
export type Course = 'completes' | 'times out' | 'stays pending';

/** The program without its server, with its own clock. */
export class World {
  readonly #clock: FakeClock;
  readonly #origin: Origin;
  readonly #program: Program;
  readonly #key: EntryKey = new KeyCodec(SPEC).fromText('k');
  #filledAt = 0;
  #answeredAt = 0;

  constructor(clock: FakeClock, origin: Origin, { settings, overrides }: Connection) {
    this.#clock = clock;
    this.#origin = origin;
    this.#program = createContainer(settingsOf({ tables: [SPEC], timeoutMs: TIMEOUT_MS, ...settings }), {
      clock,
      // With invocation events, items are refreshed before their expiry only during invocations.
      lifecycleEvents: new FakeLifecycleEvents(),
      ...overrides,
    });
  }

  /** Fills the cache so that it is in the given state after `aheadMs` more. */
  async fill(cacheState: CacheState, aheadMs = 0): Promise<void> {
    const { content, ageMs } = CACHE_STATES[cacheState];
    if (content !== 'nothing') {
      this.#origin.has(content === 'item' ? 'old' : 'nothing');
      await this.ask();
    }
    this.#filledAt = this.#clock.now();
    await this.#clock.advance(ageMs - aheadMs);
    this.#origin.has('new');
  }

  /** Advances the clock. */
  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  /** Sends a request for the key of the tables, or for another one. */
  async ask(cacheControl?: string, id = 'k'): Promise<Response> {
    const request = new Request(`http://localhost:4000/dynamodb?name=Things@@${id}`, {
      headers: {
        host: 'localhost:4000',
        ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      },
    });
    return this.#program.get('requestHandler')(request, { overLimit: false });
  }

  /** The answer to a request, and whether it caused a read from DynamoDB. */
  async answerTo(
    cacheControl: string | undefined,
    course: Course,
  ): Promise<{ readonly answer: Answer; readonly asked: Asked }> {
    const readsBefore = this.#reads;
    const answering = this.ask(cacheControl);
    // An answer that waits for no read is available before other events run.
    const wasAnswered = (await Promise.race([answering, macrotask()])) !== undefined;
    // Background refreshes start after the running code has ended.
    if (wasAnswered) await macrotask();
    this.#answeredAt = this.#clock.now();
    // They start together, one turn later.
    await macrotask();
    const asked = this.#reads === readsBefore ? 'no' : wasAnswered ? 'behind' : 'before';
    if (course === 'times out' && asked !== 'no') {
      await this.#origin.hung();
      await this.#clock.advance(TIMEOUT_MS);
    }
    if (course === 'completes') this.#origin.release();
    const response = await answering;
    if (!wasAnswered) this.#answeredAt = this.#clock.now();
    while (this.#program.get('cache').singleFlight.isReading(this.#key)) await macrotask();
    return { answer: await readAnswer(response), asked };
  }

  /** The entry that the cache can still serve. */
  kept(): Kept {
    const lookup = POLICY.lookup(this.#program.get('cacheStore').get(this.#key), this.#clock.now());
    if (lookup.outcome === 'miss') return 'no entry';
    const { entry } = lookup;
    if (isAbsence(entry)) return 'negative entry';
    const text = Buffer.from(entry.bodies[0]?.bytes ?? []).toString();
    if (text === NEW_BODY) return 'new item';
    if (text !== OLD_BODY || entry.storedAt !== this.#filledAt)
      throw new Error('an unexpected item is in the cache');
    return entry.refused ? 'old item, until it expires' : 'old item';
  }

  /** Whether a plain request causes a read from DynamoDB, this long after the last answer. */
  async asksAfter(ms: number): Promise<boolean> {
    await this.#clock.advance(this.#answeredAt + ms - this.#clock.now());
    const readsBefore = this.#reads;
    // Its answer may never arrive.
    void this.ask();
    await macrotask();
    return this.#reads > readsBefore;
  }

  get #reads(): number {
    return this.#program.get('cache').status.status().counts.sourceReads;
  }
}
