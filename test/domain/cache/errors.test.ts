import { describe, expect, it } from '@jest/globals';
import {
  CacheError,
  DeadlineExceededError,
  NotInCacheError,
  OverloadedError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
  TransientError,
} from '../../../src/domain/cache/errors.ts';

const passing = [
  { Failure: SourceTimeoutError, name: 'SourceTimeoutError', code: 'upstream_timeout', category: 'timeout' },
  {
    Failure: DeadlineExceededError,
    name: 'DeadlineExceededError',
    code: 'upstream_timeout',
    category: 'timeout',
  },
  {
    Failure: SourceConnectionError,
    name: 'SourceConnectionError',
    code: 'upstream_unavailable',
    category: 'unavailable',
  },
  {
    Failure: SourceUnavailableError,
    name: 'SourceUnavailableError',
    code: 'upstream_unavailable',
    category: 'unavailable',
  },
  { Failure: SourceThrottledError, name: 'SourceThrottledError', code: 'throttled', category: 'unavailable' },
  { Failure: OverloadedError, name: 'OverloadedError', code: 'overloaded', category: 'unavailable' },
];

const lasting = [
  { Failure: SourceRefusedError, name: 'SourceRefusedError', code: 'upstream_refused', category: 'refused' },
  { Failure: NotInCacheError, name: 'NotInCacheError', code: 'not_in_cache', category: 'not_in_cache' },
];

describe('a failure that passes', () => {
  it.each(passing)('is $name: code $code, category $category', ({ Failure, ...told }) => {
    const failure = new Failure('in words');

    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ ...told, message: 'in words' });
  });

  it('counts against its whole group if the source could not be spoken to', () => {
    const lost = passing.filter(({ Failure }) => new Failure('in words').lostContact);

    expect(lost.map(({ name }) => name)).toEqual(['SourceTimeoutError', 'SourceConnectionError']);
  });
});

describe('a failure that lasts', () => {
  it.each(lasting)('is $name: code $code, category $category', ({ Failure, ...told }) => {
    const failure = new Failure('in words');

    expect(failure).toBeInstanceOf(CacheError);
    expect(failure).not.toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ ...told, message: 'in words' });
  });
});

describe('CacheError', () => {
  it('keeps its cause, and after how long asking again may help', () => {
    const cause = new Error('the socket');
    const error = new SourceThrottledError('busy', { cause, retryAfterMs: 500 });

    expect(error).toMatchObject({ cause, retryAfterMs: 500 });
    expect(new SourceThrottledError('busy').retryAfterMs).toBeUndefined();
  });
});
