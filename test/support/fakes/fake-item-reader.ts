import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type {
  FoundItem,
  ItemReader,
  ReadRequest,
  ReadResult,
} from '../../../src/ports/inbound/item-reader.ts';

/** One call of a reader. */
interface RecordedRead {
  readonly key: EntryKey;
  readonly request: ReadRequest;
}

/** Answers what `answer` says, and keeps what it was asked. */
export class FakeItemReader implements ItemReader {
  readonly reads: RecordedRead[] = [];
  answer: () => ReadResult | Promise<ReadResult> = () => {
    throw new Error('the test gave no answer');
  };

  read(key: EntryKey, request: ReadRequest): ReadResult | Promise<ReadResult> {
    this.reads.push({ key, request });
    return this.answer();
  }

  getFresh(key: EntryKey, contentType: string): FoundItem | undefined {
    const answer = this.answer();
    if ('then' in answer || answer.outcome === 'absent' || answer.cache.source !== 'memory') return undefined;
    this.reads.push({ key, request: { contentType, freshness: { kind: 'any' } } });
    return answer;
  }
}
