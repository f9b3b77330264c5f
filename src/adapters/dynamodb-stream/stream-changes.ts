import { hashOf } from '../../domain/cache/journal-page.ts';
import { MalformedNameError } from '../../domain/dynamodb/model/errors.ts';
import { type KeyNames, keyOfRecord } from '../../domain/dynamodb/model/recorded-key.ts';
import type { StreamRecord } from './stream-records.ts';

/** The changes of one table in a batch. */
export class StreamChanges {
  readonly scope: string;
  /** The record at which Lambda must repeat the batch if the changes cannot be announced. */
  readonly firstSequenceNumber: string;
  readonly #hashes = new Set<number>();
  #unreadable: { readonly sequenceNumber: string; readonly reason: string } | undefined;
  #records = 0;

  constructor(scope: string, firstSequenceNumber: string) {
    this.scope = scope;
    this.firstSequenceNumber = firstSequenceNumber;
  }

  get records(): number {
    return this.#records;
  }

  /** The first record whose key could not be read. */
  get unreadable(): { readonly sequenceNumber: string; readonly reason: string } | undefined {
    return this.#unreadable;
  }

  /** A record whose key cannot be read may stand for any item. */
  get changed(): 'everything' | readonly number[] {
    return this.#unreadable === undefined ? [...this.#hashes] : 'everything';
  }

  add({ keys, sequenceNumber }: StreamRecord, names: KeyNames): void {
    this.#records += 1;
    try {
      this.#hashes.add(hashOf(keyOfRecord(keys, names)));
    } catch (error) {
      if (!(error instanceof MalformedNameError)) throw error;
      this.#unreadable ??= { sequenceNumber, reason: error.message };
    }
  }
}
