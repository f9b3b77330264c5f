import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { SourceRefusedError } from '../../../src/domain/cache/errors.ts';
import type {
  BatchAnswer,
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  SourceAnswer,
} from '../../../src/ports/outbound/item-source.ts';
import type { FakeItemSource } from '../fakes/fake-item-source.ts';
import type { Chronology } from './chronology.ts';

/** One key asked for in one call. */
export interface Question {
  readonly key: EntryKey;
  readonly method: 'read' | 'readMany' | 'readGroup';
  /** Place of the call among all that happened. */
  readonly order: number;
  /** Number of the call, which the age of its answers bears. */
  readonly call: number;
  /** Place among all that happened at which the call ended, and how; absent while it is under way. */
  end?: { readonly order: number; readonly how: 'answered' | 'refused' | 'failed' | 'given up' };
  /** What was answered: a text, or nothing for an absence. */
  answer?: { readonly text: string | undefined };
}

/** Calls that can be told apart: the fraction of a millisecond that a wall time can hold. */
const CALLS = 4_096;

/**
 * Stands before a source and remembers all that it is asked, and how it answers.
 * Every answer is older by a fraction of a millisecond of its own, so that its age tells which call it came from.
 */
export class WitnessedSource implements ItemSource {
  readonly batchLimit: number;
  readonly questions: Question[] = [];
  readonly #source: FakeItemSource;
  readonly #chronology: Chronology;
  #calls = 0;

  constructor(source: FakeItemSource, chronology: Chronology) {
    this.#source = source;
    this.batchLimit = source.batchLimit;
    this.#chronology = chronology;
  }

  /** Reads of single keys that are under way for `key`. */
  inTheAir(key: EntryKey): number {
    return this.questions.filter(
      ({ key: asked, method, end }) => asked.text === key.text && method === 'read' && end === undefined,
    ).length;
  }

  /** The question that an answer of this age came from. */
  behind(key: EntryKey, ageMs: number): Question | undefined {
    const call = (ageMs % 1) * CALLS;
    return this.questions.find((question) => question.call === call && question.key.text === key.text);
  }

  read(key: EntryKey, want: ReadOptions): Promise<SourceAnswer> {
    return this.#witness('read', [key], want, async (sign) => sign(await this.#source.read(key, want)));
  }

  readMany(keys: readonly EntryKey[], want: ReadOptions): Promise<BatchAnswer> {
    return this.#witness('readMany', keys, want, async (sign) => {
      const { answers, unprocessed } = await this.#source.readMany(keys, want);
      return { answers: answers.map(sign), unprocessed };
    });
  }

  readGroup(group: string, cursor: GroupCursor, want: ReadOptions): Promise<GroupPage> {
    return this.#witness('readGroup', [], want, async (sign) => {
      const { answers, ...page } = await this.#source.readGroup(group, cursor, want);
      return { ...page, answers: Array.from(answers, sign) };
    });
  }

  async #witness<T>(
    method: Question['method'],
    keys: readonly EntryKey[],
    want: ReadOptions,
    ask: (sign: (answer: SourceAnswer) => SourceAnswer) => Promise<T>,
  ): Promise<T> {
    this.#calls += 1;
    if (this.#calls >= CALLS) throw new RangeError('more calls than can be told apart');
    const call = this.#calls;
    const order = this.#chronology.next();
    const questions = keys.map((key): Question => ({ key, method, order, call }));
    this.questions.push(...questions);
    const end = (how: NonNullable<Question['end']>['how']) => {
      const ended = { order: this.#chronology.next(), how };
      for (const question of questions) question.end ??= ended;
    };
    const sign = (answer: SourceAnswer): SourceAnswer => {
      const [body] = answer.bodies;
      const text = body && new TextDecoder().decode(body.bytes);
      const question = questions.find(({ key }) => key.text === answer.key.text);
      if (question !== undefined) question.answer = { text };
      else this.questions.push({ key: answer.key, method, order, call, answer: { text } });
      return { ...answer, askedAt: answer.askedAt - call / CALLS };
    };
    want.signal.addEventListener('abort', () => end('given up'));
    try {
      const result = await ask(sign);
      end('answered');
      return result;
    } catch (error) {
      end(error instanceof SourceRefusedError ? 'refused' : 'failed');
      throw error;
    }
  }
}
