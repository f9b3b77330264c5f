import { setImmediate as macrotask } from 'node:timers/promises';
import type { Settings } from '../../src/adapters/config/settings.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import type { Overrides, Program } from '../../src/bootstrap/wiring.ts';
import { isAbsence } from '../../src/domain/cache/cache-entry.ts';
import type { EntryKey } from '../../src/domain/cache/entry-key.ts';
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
  type Kept,
  LIFETIMES,
  MEMORIES,
  type Memory,
  TIMEOUT_MS,
} from './vocabulary.ts';

const SPEC = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' }, lifetimes: LIFETIMES });
const POLICY = new TtlPolicy(LIFETIMES);

/** What DynamoDB has under every key. */
export type Content = 'old' | 'new' | 'nothing';

/** The DynamoDB of a world. */
export interface Origin {
  has(content: Content): void;
  /** Lets go on what was held up on its way to DynamoDB. */
  release(): void;
  /** Resolves when a read has come that is not going to be answered. */
  hung(): Promise<void>;
}

/** How the program is connected to the DynamoDB of its world. */
export interface Connection {
  readonly settings?: Partial<Settings>;
  readonly overrides?: Overrides;
}

/** What becomes of the reads of one request: they go on, time out, or stay where they are. */
export type Course = 'goes on' | 'times out' | 'stays';

/** The whole program but for its server, in a time of its own. */
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
      // Where invocations are told of, nothing is read ahead of its expiry but on them.
      lifecycleEvents: new FakeLifecycleEvents(),
      ...overrides,
    });
  }

  /** Brings memory into the state that it is to be in when `aheadMs` more have passed. */
  async remember(memory: Memory, aheadMs = 0): Promise<void> {
    const { content, ageMs } = MEMORIES[memory];
    if (content !== 'nothing') {
      this.#origin.has(content === 'item' ? 'old' : 'nothing');
      await this.ask();
    }
    this.#filledAt = this.#clock.now();
    await this.#clock.advance(ageMs - aheadMs);
    this.#origin.has('new');
  }

  /** Lets time pass. */
  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  /** Sends a request: for the key of the world, or for another one. */
  async ask(cacheControl?: string, id = 'k'): Promise<Response> {
    const request = new Request(`http://localhost:4000/dynamodb?name=Things@@${id}`, {
      headers: {
        host: 'localhost:4000',
        ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      },
    });
    return this.#program.get('requestHandler')(request, { overLimit: false });
  }

  /** What a request is answered, and whether DynamoDB was asked for it. */
  async answerTo(
    cacheControl: string | undefined,
    course: Course,
  ): Promise<{ readonly answer: Answer; readonly asked: Asked }> {
    const readsBefore = this.#reads;
    const answering = this.ask(cacheControl);
    // What waits for nobody is there before anything else has its turn.
    const wasAnswered = (await Promise.race([answering, macrotask()])) !== undefined;
    // Background refreshes begin when all code that is running has ended.
    if (wasAnswered) await macrotask();
    this.#answeredAt = this.#clock.now();
    // Refreshes in the background begin together, after the code that asked for them has ended.
    await macrotask();
    const asked = this.#reads === readsBefore ? 'no' : wasAnswered ? 'behind' : 'before';
    if (course === 'times out' && asked !== 'no') {
      await this.#origin.hung();
      await this.#clock.advance(TIMEOUT_MS);
    }
    if (course === 'goes on') this.#origin.release();
    const response = await answering;
    if (!wasAnswered) this.#answeredAt = this.#clock.now();
    while (this.#program.get('cache').singleFlight.isReading(this.#key)) await macrotask();
    return { answer: await readAnswer(response), asked };
  }

  /** What memory can still answer. */
  kept(): Kept {
    const lookup = POLICY.lookup(this.#program.get('cacheStore').get(this.#key), this.#clock.now());
    if (lookup.outcome === 'miss') return 'nothing';
    const { entry } = lookup;
    if (isAbsence(entry)) return 'absence';
    const text = Buffer.from(entry.bodies[0]?.bytes ?? []).toString();
    if (text === NEW_BODY) return 'new item';
    if (text !== OLD_BODY || entry.storedAt !== this.#filledAt) throw new Error('an item that nobody had');
    return entry.refused ? 'old item, until it expires' : 'old item';
  }

  /** Whether a plain request makes DynamoDB be asked, so long after the last answer. */
  async asksAfter(ms: number): Promise<boolean> {
    await this.#clock.advance(this.#answeredAt + ms - this.#clock.now());
    const readsBefore = this.#reads;
    // Its answer may be on its way for ever.
    void this.ask();
    await macrotask();
    return this.#reads > readsBefore;
  }

  get #reads(): number {
    return this.#program.get('cache').status.status().counts.sourceReads;
  }
}
