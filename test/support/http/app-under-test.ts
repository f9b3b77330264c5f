import { type AppOptions, createApp } from '../../../src/adapters/http/app.ts';
import type { RequestHandler } from '../../../src/ports/inbound/server.ts';
import { FakeInvalidator } from '../fakes/fake-invalidator.ts';
import { FakeItemReader } from '../fakes/fake-item-reader.ts';
import { FakeStatusReader } from '../fakes/fake-status-reader.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { found } from './answers.ts';
import { WordAddressParser } from './word-address-parser.ts';

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
