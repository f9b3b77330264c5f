import type { Body } from '../cache/cache-entry.ts';
import { unreadable } from './aws-answer.ts';

/** Content type of the value alone: the text of a parameter or secret, or the bytes of a binary secret. */
export const VALUE = 'text/plain; charset=utf-8';

/** The `Content-Type` header of the value of a binary secret. */
export const BINARY_MEDIA_TYPE = 'application/octet-stream';

/** Content type of the response body of `GetParameter` or `GetSecretValue`. */
export const AWS_JSON = 'application/x-amz-json-1.1';

/** Content type of the JSON that the AWS Parameters and Secrets Lambda Extension answers with. */
export const PARAMETERS_AND_SECRETS = 'application/json';

/** One value, in all forms in which it may be stored. */
export interface ValueForms {
  /** The response of AWS for this value alone; the body of type `AWS_JSON` is the same array. */
  readonly response: Uint8Array;
  /** Null for a binary value. */
  readonly text: string | null;
  /** The bytes of a binary value. @throws {UnreadableValueError} */
  readonly binary: () => Uint8Array;
  /** The answer of AWS's extension, except for `ResultMetadata`. */
  readonly members: { readonly [name: string]: GoValue };
}

const encoder = new TextEncoder();

/**
 * Encodes a value, once for each content type.
 *
 * @throws {UnreadableValueError} if a binary value is malformed
 * @throws {RangeError} if a content type is not supported
 */
export const valueBodies = (
  { response, text, binary, members }: ValueForms,
  contentTypes: readonly string[],
): readonly Body[] =>
  contentTypes.map((contentType) => {
    switch (contentType) {
      case VALUE:
        return text === null
          ? { contentType, mediaType: BINARY_MEDIA_TYPE, bytes: binary() }
          : { contentType, bytes: encoder.encode(text) };
      case AWS_JSON:
        return { contentType, bytes: response };
      case PARAMETERS_AND_SECRETS:
        return { contentType, bytes: encoder.encode(goJson({ ...members, ResultMetadata: {} })) };
      default:
        throw new RangeError(`a value cannot be encoded with the content type ${contentType}`);
    }
  });

/** The values of the extension's answers. Go prints whole numbers like JavaScript; it prints others differently. */
export type GoValue =
  | null
  | string
  | number
  | boolean
  | readonly GoValue[]
  | { readonly [name: string]: GoValue };

/** Characters that Go escapes although JSON does not require it: HTML, and the line separators of JavaScript. */
const GO_ESCAPED = /[<>&\u2028\u2029]/g;
/** A surrogate without its partner. Go replaces it; `JSON.stringify` would escape it. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Encodes a value like Go's `json.Marshal`. Control characters are escaped as since Go 1.22, which writes `\b` and `\f` in
 * the short form. Members keep their order.
 */
export const goJson = (value: GoValue): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'string' ? part.replace(LONE_SURROGATE, '\ufffd') : part,
  ).replace(GO_ESCAPED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The length of an ISO 8601 date whose year has four digits, the only one that Go encodes. */
const ISO_LENGTH = '0000-00-00T00:00:00.000Z'.length;

/**
 * Encodes a date of AWS like Go's `time.Time`: RFC 3339 in UTC, without the trailing zeros of the fraction. The AWS SDK for
 * Go truncates it to milliseconds.
 *
 * @param seconds seconds since the epoch, with a fraction
 * @throws {UnreadableValueError} if the year is not from 0 to 9999
 */
export const goTime = (seconds: number): string => {
  const date = new Date(Math.trunc(seconds * 1_000));
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return text.length === ISO_LENGTH ? text.replace(/\.?0*Z/, 'Z') : unreadable();
};
