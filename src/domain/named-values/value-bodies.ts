import type { Body } from '../cache/cache-entry.ts';
import { AWS_JSON, BINARY_MEDIA_TYPE, PARAMETERS_AND_SECRETS, VALUE } from './content-types.ts';
import { type GoValue, goJson } from './go-json.ts';

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
