import type { Fault } from '../planted/planted-sources.ts';

/** A defect to be put into the program, and what the soak must say of it. */
export interface PlantedFault extends Fault {
  readonly name: string;
  readonly complaint: RegExp;
}

const SOURCE = 'src/adapters/dynamodb/dynamodb-item-source.ts';

/** One for each promise that would be broken in silence. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'an answer is stored though its key was invalidated after it was asked for',
    file: 'src/application/storing/fence.ts',
    text: 'this.#mark(key.text, this.advance());',
    replacement: '',
    complaint: /it was (stored after an invalidation|invalidated)/,
  },
  {
    name: 'an answer is stored though its table was invalidated after it was asked for',
    file: 'src/application/storing/fence.ts',
    text: 'this.#groups.set(group, this.advance());',
    replacement: '{}',
    complaint: /it was (stored after an invalidation|invalidated)/,
  },
  {
    name: 'the age is counted from the arrival of an answer',
    file: SOURCE,
    text: `        table.plainlyAnswered(body, key, askedAt, options.contentTypes) ??
        table.answer(key, askedAt, rawItem(body), options.contentTypes),`,
    replacement: 'table.answer(key, this.#clock.now(), rawItem(body), options.contentTypes),',
    complaint: /its Age is not/,
  },
  {
    name: 'an outage is reported as an absence',
    file: SOURCE,
    text: 'throw asSourceError(error, { operation: call.operation, table, role: spec.role, signal });',
    replacement:
      "if (call.operation === 'GetItem') return read(new TextEncoder().encode('{}')); throw error;",
    complaint:
      /→ 404 .*(nobody knows where it comes from|its read (failed|lost|refused|throttled|timed out))/,
  },
  {
    name: 'a stale entry is given a new lifetime when DynamoDB fails',
    file: 'src/application/reading/read-item.ts',
    text: 'this.#parts.refresh.markStaleServed(key);',
    replacement: `{
      const { store, clock } = this.#parts;
      const kept = store.get(key);
      if (kept !== undefined) store.put({ ...kept, storedAt: clock.now() });
    }`,
    complaint: /its Age is not/,
  },
  {
    name: 'a no-cache reader joins a flight that was asked before it came',
    file: 'src/application/reading/single-flight.ts',
    text: '!demand.exact && ',
    replacement: '',
    complaint: /it is older than (the no-cache request|max-age)/,
  },
  {
    name: 'a reader joins a flight that was asked before an invalidation',
    file: 'src/application/reading/single-flight.ts',
    text: '!this.#superseded && ',
    replacement: '',
    complaint: /it was invalidated/,
  },
  {
    name: 'the store holds more than its bound',
    file: 'src/adapters/memory/lru-cache-store.ts',
    text: 'maxSize: Math.max(1, bounds.maxBytes)',
    replacement: 'maxSize: Math.max(1, bounds.maxBytes * 2)',
    complaint: /the store holds \d+ bytes, more than its bound/,
  },
  {
    name: 'the store holds more than its bound, and hides it',
    file: 'src/adapters/memory/entry-record.ts',
    text: 'let bytes = ENTRY_BYTES + BYTES_PER_KEY_CHARACTER * entry.key.text.length;',
    replacement: 'if (entry.key !== undefined) return 1;\n  let bytes = 0;',
    complaint: /memory answered with \d+ bytes, more than its bound|it is too large to be kept/,
  },
  {
    name: '1 and 1.0 are two keys',
    file: 'src/domain/dynamodb/model/key-codec.ts',
    text: "if (type === 'N') return canonicalNumber(text);",
    replacement: "if (type === 'N') return canonicalNumber(text) === '' ? '' : text;",
    complaint: /it was (overtaken|invalidated)|in the air at the same time/,
  },
  {
    name: 'a no-cache reader gets a stale answer when DynamoDB fails',
    file: 'src/application/reading/read-item.ts',
    text: "if (request.freshness.kind !== 'any') return undefined;",
    replacement: '',
    complaint: /it is (older than the no-cache request|stale, against the wish)/,
  },
  {
    name: 'a refusal does not end the stale windows',
    file: 'src/application/storing/entry-writer.ts',
    text: 'store.put({ ...entry, refused: true });',
    replacement: '{}',
    complaint: /it is stale after a refusal/,
  },
  {
    name: 'an expired entry is a hit for another second',
    file: 'src/domain/cache/ttl-policy.ts',
    text: 'if (ttlMs > 0) return',
    replacement: 'if (ttlMs > -1_000) return',
    complaint: /it is expired/,
  },
  {
    name: 'what is larger than an eighth of the bound is kept',
    file: 'src/adapters/memory/lru-cache-store.ts',
    text: 'const MAX_ENTRY_SHARE = 1 / 8;',
    replacement: 'const MAX_ENTRY_SHARE = 1;',
    complaint: /it is too large to be kept/,
  },
  {
    name: 'a reader never gets an answer',
    file: 'src/application/reading/single-flight.ts',
    text: 'this.#fail(error);',
    replacement: 'if (this.#superseded) this.#fail(error);',
    complaint: /readers got no answer/,
  },
];
