import type { StoredBody } from '../../../domain/cache/cache-entry.ts';
import { memberTexts } from '../../../domain/json/json-scanner.ts';
import type { Problem } from '../problem.ts';

/** A part of an item that a query parameter selects. */
export interface BodyPart {
  /** Name of the query parameter. */
  readonly parameter: string;
  /** Returns the part as a body of its own, or the problem if it does not exist. The problem quotes neither. */
  readonly of: (body: StoredBody, selector: string) => StoredBody | Problem;
}

const NOT_JSON: Problem = {
  status: 422,
  code: 'not_json',
  detail: 'the value is not a JSON object, so that jsonKey selects nothing in it',
};
const NOT_FOUND: Problem = {
  status: 404,
  code: 'json_key_not_found',
  detail: 'the JSON object has no member with the name in jsonKey',
};

const encoder = new TextEncoder();

/** One member of a JSON object: a string without its quotes, every other value as JSON. */
export const JSON_KEY: BodyPart = {
  parameter: 'jsonKey',
  of: ({ bytes, digest, contentType }, key) => {
    const members = memberTexts(bytes);
    if (members === undefined) return NOT_JSON;
    const json = members.get(key);
    if (json === undefined) return NOT_FOUND;
    // Unlike the tag of the whole body, and of each other member.
    const part = { contentType, digest: `${digest}.${encodeURIComponent(key)}` };
    // Other values stay as they are written: parsing would change long numbers.
    return json.startsWith('"')
      ? { ...part, bytes: encoder.encode(JSON.parse(json)) }
      : { ...part, mediaType: 'application/json', bytes: encoder.encode(json) };
  },
};
