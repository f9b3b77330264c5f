import type { CacheError } from '../../src/domain/cache/errors.ts';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../src/domain/cache/errors.ts';
import { KeyCodec } from '../../src/domain/dynamodb/model/key-codec.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import type { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../support/fakes/fake-item-source.ts';
import type { Gate } from '../support/fakes/gate.ts';
import { NEW_BODY, OLD_BODY } from './read-answer.ts';
import type { Outcome } from './vocabulary.ts';
import type { Content, Origin } from './world.ts';

const KEY = new KeyCodec(tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } })).fromText('k');

/** A scripted source in memory. */
export class ScriptedOrigin implements Origin {
  readonly source: FakeItemSource;
  #gate: Gate | undefined;

  constructor(clock: FakeClock) {
    this.source = new FakeItemSource(clock);
  }

  has(content: Content): void {
    if (content === 'nothing') this.source.remove(KEY);
    else this.source.put(KEY, content === 'old' ? OLD_BODY : NEW_BODY);
  }

  /** Sets the outcome of all further reads, once they are released. */
  answersWith(outcome: Outcome): void {
    this.source.heal();
    if (outcome === 'not found') this.has('nothing');
    const error = errorOf(outcome);
    if (error !== undefined) this.source.failWith(error);
  }

  /** Holds all further reads. */
  hold(): void {
    this.#gate = this.source.hold();
  }

  release(): void {
    this.#gate?.open();
  }

  async hung(): Promise<void> {
    await this.#gate?.arrived();
  }
}

const errorOf = (outcome: Outcome): CacheError | undefined => {
  switch (outcome) {
    case 'a lost connection':
      return new SourceConnectionError('connection reset');
    case 'an unusable answer':
      return new SourceUnavailableError('the source answered 500');
    case 'throttling':
      return new SourceThrottledError('too many reads', { retryAfterMs: 1_000 });
    case 'a refusal':
      return new SourceRefusedError('access denied');
    case 'an item':
    case 'not found':
    case 'a time-out':
      return undefined;
  }
};
