import type { AnswerHead } from './answer-head.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

/** Where the body of an answer ends: after so many bytes, with its last chunk, or with the connection. */
export type AnswerFraming = number | 'chunked' | 'until-closed';

/**
 * Tells where the body of an answer to a POST ends (RFC 9112, section 6.3).
 *
 * @throws {UnreadableAnswer} if that can be understood in two ways, or in none
 */
export const framingOf = ({ status, headers, isOld }: AnswerHead): AnswerFraming => {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  const hasNoBody = status === 204 || status === 304;
  if (coding !== undefined) {
    if (length !== undefined || isOld || hasNoBody || coding.toLowerCase() !== 'chunked') {
      throw new UnreadableAnswer('where the body ends is not to be told');
    }
    return 'chunked';
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new UnreadableAnswer('invalid Content-Length');
  }
  if (hasNoBody) return 0;
  return length === undefined ? 'until-closed' : Number(length);
};
