import type { Credentials } from '../credentials/credentials.ts';
import { ServiceError, UnusableAnswerError, type WholeAnswer } from '../service-error.ts';
import { xmlTexts } from './xml-texts.ts';

const CREDENTIALS = 'AssumeRoleResponse/AssumeRoleResult/Credentials/';

/**
 * Reads the answer to `AssumeRole` (STS, query protocol).
 *
 * @param askedAt local wall time of the request; the expiration is in the same time
 * @throws {ServiceError} if STS refused or failed the call
 * @throws {UnusableAnswerError} if the answer is not one of STS. Neither error quotes the answer.
 */
export const credentialsFrom = (answer: WholeAnswer, askedAt: number): Credentials => {
  const { status, headers, body } = answer;
  const texts = xmlTexts(new TextDecoder().decode(body));
  if (status !== 200) throw failureOf(status, texts);
  const accessKeyId = matching(texts, 'AccessKeyId', /^\w{16,128}$/);
  const secretAccessKey = matching(texts, 'SecretAccessKey', /^[!-~]{1,256}$/);
  // Becomes a header of each call.
  const sessionToken = matching(texts, 'SessionToken', /^[!-~]{1,32768}$/);
  const expiration = Date.parse(matching(texts, 'Expiration', DATE) ?? '');
  const isComplete = accessKeyId !== undefined && secretAccessKey !== undefined && sessionToken !== undefined;
  // The local clock may be wrong: the lifetime is the difference of two times of STS.
  const answeredAt = Date.parse(headers.date ?? '');
  const lifetimeMs = expiration - (Number.isNaN(answeredAt) ? askedAt : answeredAt);
  if (!isComplete || !(lifetimeMs > 0 && lifetimeMs <= LONGEST_LIFETIME_MS))
    throw new UnusableAnswerError(status);
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(askedAt + lifetimeMs) };
};

/** STS issues credentials for 12 hours at most, and `Date` has whole seconds. */
const LONGEST_LIFETIME_MS = 12 * 3_600_000 + 1_000;

/** ISO 8601 in UTC, as STS writes it. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const matching = (
  texts: ReadonlyMap<string, string> | undefined,
  name: string,
  form: RegExp,
): string | undefined => form.exec(texts?.get(CREDENTIALS + name) ?? '')?.[0];

const failureOf = (status: number, texts: ReadonlyMap<string, string> | undefined): Error => {
  const code = /^[\w.]{1,128}$/.exec(texts?.get('ErrorResponse/Error/Code') ?? '')?.[0];
  return code === undefined || status < 400
    ? new UnusableAnswerError(status)
    : new ServiceError(code, status);
};
