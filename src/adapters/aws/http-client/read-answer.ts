import { BodyCollector } from '../../../domain/cache/body-collector.ts';
import { isAwsJson } from '../../../domain/dynamodb/json/dynamodb-json.ts';
import { ServiceError, UnusableAnswerError } from '../service-error.ts';
import type { UpstreamResponse } from './http-request.ts';
import { ResponseTooLongError } from './transport-error.ts';

/** An answer of DynamoDB, read whole. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/**
 * The body of a successful answer, as it came.
 *
 * @throws {ServiceError} with DynamoDB's name for the failure
 * @throws {UnusableAnswerError} if there is none, because then it may be anybody who answers
 */
export const successIn = ({ status, headers, body }: WholeResponse): Uint8Array => {
  if (status === 200) {
    // Another program may say anything with this status, and `{}` would be an absent item.
    if (!isAwsJson(headers['content-type'])) throw new UnusableAnswerError(status);
    return body;
  }
  const said = status < 400 ? undefined : objectIn(body);
  const type = said && (said.__type ?? said.code ?? headers['x-amzn-errortype']);
  const name = typeof type === 'string' ? nameIn(type) : undefined;
  if (name === undefined) throw new UnusableAnswerError(status);
  throw new ServiceError(name, status, name === 'ValidationException' && deniesKey(said));
};

/** DynamoDB has no name of its own for this refusal. */
const deniesKey = (said: Said | undefined): boolean => {
  const text = said?.message ?? said?.Message;
  return typeof text === 'string' && text.includes('key element does not match the schema');
};

interface Said {
  readonly message?: unknown;
  readonly Message?: unknown;
  readonly __type?: unknown;
  readonly code?: unknown;
}

/** An empty body leaves it to the headers to say something. */
const objectIn = (body: Uint8Array): Said | undefined => {
  if (body.byteLength === 0) return {};
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof said === 'object' && said !== null && !Array.isArray(said) ? said : undefined;
  } catch {
    // The parser's message would quote what it could not read.
    return undefined;
  }
};

/** A type without its namespace, and without what some services append to it, if that is a name. */
const nameIn = (type: string): string | undefined =>
  /^[\w.]{1,128}$/.exec(type.replace(/[,:].*/s, '').replace(/^.*#/s, ''))?.[0];

/**
 * All bytes of a body. Rejects with what broke it off.
 *
 * @param maxBytes of what comes in pieces; after more than that the connection is ended
 * @throws {ResponseTooLongError} by rejection, if more comes
 */
export const wholeBody = async (body: UpstreamResponse['body'], maxBytes: number): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const collected = new BodyCollector(maxBytes);
  for await (const piece of body) {
    if (!collected.add(piece)) throw new ResponseTooLongError(`a body of more than ${maxBytes} bytes`);
  }
  return collected.whole();
};
