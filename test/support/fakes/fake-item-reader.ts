import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { ItemReader, ReadRequest, ReadResult } from '../../../src/ports/inbound/item-reader.ts';

/** One call of a reader. */
interface RecordedRead {
  readonly key: EntryKey;
  readonly request: ReadRequest;
}

/** Returns the result of `answer`, and records its calls. */
export class FakeItemReader implements ItemReader {
  readonly reads: RecordedRead[] = [];
  answer: () => ReadResult | Promise<ReadResult> = () => {
    throw new Error('the test gave no answer');
  };

  read(key: EntryKey, request: ReadRequest): ReadResult | Promise<ReadResult> {
    this.reads.push({ key, request });
    return this.answer();
  }
}
