import { ServiceError, UnusableAnswerError } from './service-error.ts';

/** An answer of DynamoDB, read whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/**
 * The body of a successful answer, as it came.
 *
 * @throws {ServiceError} with what DynamoDB says of the failure
 * @throws {UnusableAnswerError} if it says nothing that can be read
 */
export const successIn = ({ status, headers, body }: WholeAnswer): Uint8Array => {
  if (status === 200) return body;
  const said = status < 400 ? undefined : objectIn(body);
  const type = said?.__type ?? said?.code ?? headers['x-amzn-errortype'] ?? 'Unknown';
  if (said === undefined || typeof type !== 'string') throw new UnusableAnswerError(status);
  const message = said.message ?? said.Message;
  throw new ServiceError(nameIn(type), status, typeof message === 'string' ? message : 'without a message');
};

interface Said {
  readonly __type?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly Message?: unknown;
}

/** Of an empty body, nothing is said. */
const objectIn = (body: Uint8Array): Said | undefined => {
  if (body.byteLength === 0) return {};
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof said === 'object' && said !== null ? said : undefined;
  } catch {
    // The parser's message would quote what it could not read.
    return undefined;
  }
};

/** A type without its namespace, and without what some services append to it. */
const nameIn = (type: string): string => type.replace(/[,:].*/s, '').replace(/^.*#/s, '');
