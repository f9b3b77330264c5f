import type { Answer } from './vocabulary.ts';

/** The plain JSON of the cached item, and of the item that DynamoDB has now. */
export const OLD_BODY = '{"id":"k","v":1}';
export const NEW_BODY = '{"id":"k","v":2}';

const CACHE_NAME = 'dynamodb-cache; ';

/** An answer in the terms of the tables. It contains every header, so that an unexpected one fails the test. */
export const readAnswer = async (response: Response): Promise<Answer> => {
  const { headers, status } = response;
  const [cacheStatus, age, retryAfter] = ['cache-status', 'age', 'retry-after'].map((name) =>
    headers.get(name),
  );
  return {
    status,
    ...contentOf(headers.get('content-type') ?? '', await response.text()),
    ...(typeof cacheStatus === 'string' && { cacheStatus: cacheStatus.replace(CACHE_NAME, '') }),
    ...(typeof age === 'string' && { ageSeconds: Number(age) }),
    ...(typeof retryAfter === 'string' && { retryAfterSeconds: Number(retryAfter) }),
  };
};

const contentOf = (contentType: string, text: string): Pick<Answer, 'body' | 'code'> => {
  if (contentType === 'application/problem+json') return { code: JSON.parse(text).code };
  if (text === OLD_BODY) return { body: 'old' };
  if (text === NEW_BODY) return { body: 'new' };
  throw new Error(`unexpected answer: ${text}`);
};
