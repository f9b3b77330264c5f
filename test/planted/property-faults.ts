import type { Fault } from './planted-sources.ts';

/** A defect, and the property test that must notice it. */
export interface PropertyFault extends Fault {
  readonly name: string;
  /** Path of the test below the root of the project. */
  readonly test: string;
  /** What the test says then; by default only that a property failed. */
  readonly complaint?: string;
  /** Whether it shows only after many seconds: such faults are planted by `npm run test:planted`, and not by CI. */
  readonly isSlow?: boolean;
}

const READ_THROUGH = 'test/application/read-through.property.test.ts';
/** What the clients of the model say. */
const IS_OLD = 'was acknowledged before it began';
const READ_YOUR_WRITES = 'test/application/dynamodb/read-your-writes.property.test.ts';

const VALUES = 'test/endpoint/values.property.test.ts';
/** What the model of parameters and secrets says of an answer from before a write. */
const IS_FROM_BEFORE = 'older than a write that was acknowledged before the read';

/** The defects that would be worst, because nobody would notice them by looking. */
export const PROPERTY_FAULTS: readonly PropertyFault[] = [
  {
    name: 'an answer is stored though its key was invalidated after it was asked for',
    test: READ_THROUGH,
    file: 'src/application/storing/fence.ts',
    text: 'this.#mark(key.text, this.advance());',
    replacement: '',
  },
  {
    name: 'the age is counted from the arrival of an answer',
    test: READ_THROUGH,
    file: 'src/application/reading/read-item.ts',
    text: 'const ageMs = Math.max(0, now - entry.storedAt);',
    replacement: 'const ageMs = Math.max(0, now - now);',
  },
  {
    name: 'an absence is answered in an outage',
    test: 'test/domain/cache/ttl-policy.property.test.ts',
    file: 'src/domain/cache/ttl-policy.ts',
    text: 'if (isAbsence(entry) || entry.refused) return EXPIRED;',
    replacement: 'if (entry.refused) return EXPIRED;',
  },
  {
    name: 'a stale entry is given a new lifetime when the source fails',
    test: READ_THROUGH,
    file: 'src/application/reading/read-item.ts',
    text: 'this.#parts.refresh.markStaleServed(key);',
    replacement: `{
      const { store, clock } = this.#parts;
      const kept = store.get(key);
      if (kept !== undefined) store.put({ ...kept, storedAt: clock.now() });
    }`,
  },
  {
    name: 'a reader joins a flight that was asked before an invalidation',
    test: READ_THROUGH,
    file: 'src/application/reading/single-flight.ts',
    text: '!this.#superseded && ',
    replacement: '',
  },
  {
    name: 'the store holds more than its bound',
    test: 'test/adapters/memory/lru-cache-store.property.test.ts',
    file: 'src/adapters/memory/lru-cache-store.ts',
    text: 'maxSize: Math.max(1, bounds.maxBytes)',
    replacement: 'maxSize: Math.max(1, bounds.maxBytes * 2)',
  },
  {
    name: '1 and 1.0 are two keys',
    test: 'test/domain/dynamodb/model/key-codec.test.ts',
    file: 'src/domain/dynamodb/model/key-codec.ts',
    text: "if (type === 'N') return canonicalNumber(text);",
    replacement: "if (type === 'N') return canonicalNumber(text) === '' ? '' : text;",
  },
  {
    name: 'what was asked for before a write is stored after it',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/storing/fence.ts',
    text: 'this.#mark(key.text, this.advance());',
    replacement: '',
  },
  {
    name: 'a reader who comes after a write joins a flight of before it',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/reading/single-flight.ts',
    text: '!this.#superseded && ',
    replacement: '',
  },
  {
    name: 'what was written a moment ago is read as if it were old',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/storing/recent-writes.ts',
    text: 'return this.#isGroupRecentHere(key.group) && ',
    replacement: 'return key.group === "" && ',
  },
  {
    name: 'only the first fill after a write is consistent',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/storing/recent-writes.ts',
    text: 'const isRecent = (key: EntryKey) => marks.isRecent(key);',
    replacement: `const seen = new Set<string>();
  const isRecent = (key: EntryKey) => {
    if (!marks.isRecent(key)) seen.delete(key.text);
    return marks.isRecent(key) && seen.size < seen.add(key.text).size;
  };`,
  },
  {
    name: 'a write of unknown outcome leaves everything in memory',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/dynamodb/forward-operation.ts',
    text: 'cache.writes.begin(targets))',
    replacement: `{
      end: (how: WriteEnd) => {
        if (how === 'applied') cache.writes.begin(targets).end(how);
      },
    })`,
  },
  {
    name: 'the answer to a query is remembered past a write',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/dynamodb/answer-query.ts',
    text: 'if (entry?.readOrder !== this.#versionOf(spec.name)) return undefined;',
    replacement: '',
  },
  {
    name: 'what is asked for in the window after a write of unknown outcome is kept',
    test: READ_YOUR_WRITES,
    complaint: IS_OLD,
    file: 'src/application/storing/recent-writes.ts',
    text: 'return askedAt - endedAt',
    replacement: 'return endedAt === Number.NaN && askedAt - endedAt',
  },
  {
    name: 'a write of a parameter or secret through the endpoint invalidates nothing',
    test: VALUES,
    complaint: IS_FROM_BEFORE,
    file: 'src/application/aws-json/serve-json-operations.ts',
    text: 'cache.writes.begin(writtenGroups.map((group) => ({ group })))',
    replacement: 'cache.writes.begin([])',
  },
  {
    name: 'a label that moves leaves values in memory',
    test: VALUES,
    complaint: IS_FROM_BEFORE,
    file: 'src/domain/parameters/parameter-operations.ts',
    text: "  'LabelParameterVersion',\n",
    replacement: '',
  },
  {
    // The model would need a refusal within a batch, and an outage right after it.
    name: 'a key that is refused within a batch keeps its stale windows',
    test: 'test/application/refresh-together.test.ts',
    complaint: 'end the stale windows of a key that is refused within an answer',
    file: 'src/application/reading/single-flight.ts',
    text: 'this.#parts.backoff.failed([key], error, order, false);\n    read.reject',
    replacement: 'read.reject',
  },
  {
    // The model would have to create a value shortly after the read of its absence, and read it again within seconds.
    name: 'a negative entry lives as long as any other',
    test: 'test/domain/cache/ttl-policy.test.ts',
    complaint: 'rule 2: a known absence lives for negativeTtl',
    file: 'src/domain/cache/ttl-policy.ts',
    text: 'isAbsence(entry) ? this.lifetimes.negativeTtlMs : this.lifetimes.ttlMs',
    replacement: 'this.lifetimes.ttlMs',
  },
  {
    name: 'a rotation leaves a stage in memory',
    test: VALUES,
    complaint: IS_FROM_BEFORE,
    file: 'src/domain/named-values/value-operations.ts',
    text: '/^(?:BatchGet|Describe|Get|List)/',
    replacement: '/^(?:BatchGet|Describe|Get|List|Rotate)/',
  },
  {
    name: 'the age of a value is counted from the arrival of its answer',
    test: VALUES,
    complaint: 'its age is stated as',
    file: 'src/adapters/aws/value-source.ts',
    text: 'return { key, askedAt, bodies };',
    replacement: 'return { key, askedAt: this.#clock.now(), bodies };',
  },
  {
    name: 'a value whose read was refused is served stale',
    isSlow: true,
    test: VALUES,
    complaint: 'it is stale after a refusal',
    file: 'src/application/reading/failure-backoff.ts',
    text: 'this.#writer.refuse(key, order);',
    replacement: '',
  },
  {
    name: 'unlessVersion returns the version that failed',
    test: VALUES,
    complaint: 'AWS was not asked for it',
    file: 'src/adapters/http/parameters-and-secrets/extension-handler.ts',
    text: 'if (cached !== undefined && cached !== unlessVersion) return read(ANY);',
    replacement: 'if (cached !== undefined) return read(ANY);',
  },
  {
    name: 'the entity tag of a value is the value',
    test: VALUES,
    complaint: 'a value is in the headers of the answer',
    file: 'src/adapters/http/items/item-routes.ts',
    text: 'const digest = this.#digests.get(body.digest) ?? this.#keyed(body.digest);',
    replacement: "const digest = new TextDecoder().decode(body.bytes).replaceAll(/[^!-~]/g, '');",
  },
];
