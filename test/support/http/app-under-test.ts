import { type AppOptions, createApp } from '../../../src/adapters/http/app.ts';
import type { AddressParser } from '../../../src/adapters/http/items/item-query.ts';
import { type Address, EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { CacheError } from '../../../src/domain/cache/errors.ts';
import type { CacheStatus, ReadResult } from '../../../src/ports/inbound/item-reader.ts';
import type { RequestHandler } from '../../../src/ports/inbound/server.ts';
import { FakeInvalidator } from '../fakes/fake-invalidator.ts';
import { FakeItemReader } from '../fakes/fake-item-reader.ts';
import { FakeStatusReader } from '../fakes/fake-status-reader.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';

/** The digest of every body that `found` makes. */
export const SAMPLE_DIGEST = 'q1w2e3';

const FRESH: CacheStatus = { source: 'memory', ttlMs: 42_900 };

/** An answer with this body: fresh from memory, unless said otherwise. */
export const found = (text: string, cache: CacheStatus = FRESH, ageMs = 17_900): ReadResult => ({
  outcome: 'found',
  body: { contentType: 'application/json', bytes: new TextEncoder().encode(text), digest: SAMPLE_DIGEST },
  ageMs,
  cache,
});

/** The answer that there is nothing. */
export const absent = (cache: CacheStatus = FRESH, ageMs = 3_000): ReadResult => ({
  outcome: 'absent',
  ageMs,
  cache,
});

/** `shelf` names a group, and with `word` one entry of it. */
export class WordAddressParser implements AddressParser {
  readonly parameters: readonly string[] = ['shelf', 'word'];

  parse(query: ReadonlyMap<string, string>): Address {
    const group = query.get('shelf') ?? '';
    const word = query.get('word');
    if (group === 'locked') throw new LockedShelfError('this shelf is locked');
    return word === undefined ? { group } : { group, key: new EntryKey(group, word) };
  }
}

class LockedShelfError extends CacheError {
  readonly code = 'shelf_locked';
  readonly category = 'forbidden';
}

/** The path that names the sample item. */
export const ITEM = '/words?shelf=Products&word=tea';

/** What the app over these fakes is made of. */
export const optionsOf = ({ reader, invalidator, logger }: Fakes): AppOptions => ({
  items: [
    {
      path: '/words',
      addresses: new WordAddressParser(),
      formats: new Map([['upper', 'text/x-upper']]),
      defaultContentType: 'application/json',
      reader,
      invalidator,
    },
  ],
  status: new FakeStatusReader(),
  cacheName: 'word-cache',
  metricsPrefix: 'word_cache',
  logger,
});

type Fakes = Pick<AppUnderTest, 'reader' | 'invalidator' | 'logger'>;

/** The app over fakes. Its reader has every item, unless told otherwise. */
export class AppUnderTest {
  readonly reader = new FakeItemReader();
  readonly invalidator = new FakeInvalidator();
  readonly logger = new RecordingLogger();
  readonly handler: RequestHandler;

  constructor(overrides: Partial<AppOptions> = {}) {
    this.reader.answer = () => found('{"a":1}');
    this.handler = createApp({ ...optionsOf(this), ...overrides }).fetch;
  }

  /** The answer to a request as the function itself would send it, but for what `init` changes. */
  async request(target: string, init: RequestInit = {}, overLimit = false): Promise<Response> {
    return this.answer(target, init, overLimit);
  }

  /** The same, as the handler gives it: an answer or the promise of one. */
  answer(target: string, init: RequestInit = {}, overLimit = false): Response | Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('host')) headers.set('host', 'localhost:4000');
    const request = new Request(new URL(target, 'http://localhost:4000'), { ...init, headers });
    return this.handler(request, { overLimit });
  }
}

/** The stable code of a problem, once it is seen to be one. */
export const codeOf = async (response: Response): Promise<string> => {
  const problem: unknown = await response.json();
  if (response.headers.get('content-type') !== 'application/problem+json') throw new Error('not a problem');
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) throw new Error('no code');
  return `${response.status} ${problem.code}`;
};
