import { createHandler } from '../../../../src/adapters/http/app.ts';
import type { EntryKey } from '../../../../src/domain/cache/cache-entry.ts';
import {
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
} from '../../../../src/domain/cache/errors.ts';
import type { ItemReader, ReadResult } from '../../../../src/ports/inbound/item-reader.ts';
import type {
  FastPath,
  PlainAnswer,
  PlainRequest,
  RequestHandler,
} from '../../../../src/ports/inbound/server.ts';
import { AppUnderTest, absent, found, optionsOf, WordAddressParser } from '../app-under-test.ts';
import { TOKEN } from './conversation.ts';

const LARGE = 'x'.repeat(20_000);
const MISS = { source: 'origin', reason: 'uri-miss', stored: true, collapsed: false } as const;
const STALE = { source: 'memory', ttlMs: -1, stale: 'stale-while-revalidate' } as const;

/** Answers each key as its name says, always in the same way: `later-3-…` is a miss that takes three turns of the event loop. */
class ScriptedReader implements ItemReader {
  read({ id }: EntryKey): ReadResult | Promise<ReadResult> {
    const [kind, turns] = id.split('-');
    switch (kind) {
      case 'later':
        return after(Number(turns), () => found(JSON.stringify({ id }), MISS));
      case 'stale':
        return found(JSON.stringify({ id }), STALE);
      case 'large':
        return found(LARGE);
      case 'absent':
        return turns === 'later' ? after(2, () => absent()) : absent();
      case 'throttled':
        return after(1, () => {
          throw new SourceThrottledError('too many reads', { retryAfterMs: 1_500 });
        });
      case 'timed':
        return after(2, () => {
          throw new SourceTimeoutError('no answer in time');
        });
      case 'refused':
        throw new SourceRefusedError('access denied');
      case 'defect':
        throw new TypeError('a defect');
      default:
        return found(JSON.stringify({ id, text: 'caf\u00e9 \u{1f375}' }));
    }
  }
}

const after = async <Value>(turns: number, value: () => Value): Promise<Value> => {
  for (let passed = 0; passed < turns; passed += 1) await new Promise((resolve) => setImmediate(resolve));
  return value();
};

const NOTHING = () => undefined;
/** Records nothing, so that millions of requests take no memory. */
const SILENT = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };

/**
 * Answers GETs of words that begin with `echo`, whatever their headers are: the fast path of the program leaves most of these
 * to the routes, so that it would hide mistakes of the raw listener.
 */
const echoed = ({
  method,
  target,
  headers,
}: PlainRequest): PlainAnswer | Promise<PlainAnswer> | undefined => {
  if (method !== 'GET' || !target.includes('word=echo')) return undefined;
  const body = Buffer.from(JSON.stringify([target, headers]));
  const answer = { status: 200, headers: { 'content-length': String(body.length) }, body };
  return target.includes('echo-later') ? after(1, () => answer) : answer;
};

/** The handler of the program, with an answer for each key. It requires `TOKEN`, except for the words that are echoed. */
export const scriptedHandler = (): RequestHandler => {
  const handler = programHandler();
  return Object.assign((...asked: Parameters<RequestHandler>) => handler(...asked), {
    fastPath: (...asked: Parameters<FastPath>) => echoed(asked[0]) ?? handler.fastPath?.(...asked),
  });
};

const programHandler = (): RequestHandler =>
  createHandler({
    ...optionsOf(new AppUnderTest()),
    items: [
      {
        path: '/words',
        addresses: new WordAddressParser(),
        formats: new Map([['upper', 'text/x-upper']]),
        defaultContentType: 'application/json',
        reader: new ScriptedReader(),
        invalidator: { invalidate: NOTHING, invalidateGroup: NOTHING },
      },
    ],
    logger: SILENT,
    token: TOKEN,
  });
