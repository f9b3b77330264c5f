import type { UpstreamResponse } from './http-client/http-request.ts';

/** A response with all of its body. */
export interface WholeAnswer extends Pick<UpstreamResponse, 'status' | 'headers'> {
  readonly body: Uint8Array;
}

/**
 * An AWS service refused or failed a call. The error keeps no text of the response, because errors are logged: the text may
 * quote the request with its session token and the values of keys.
 */
export class ServiceError extends Error {
  /** HTTP status of the response. */
  readonly status: number;
  /** Whether DynamoDB reported that a key has other attributes or other types than the table. */
  readonly deniesKey: boolean;

  /** @param type the error's name without its namespace, such as `ValidationException` */
  constructor(type: string, status: number, deniesKey = false) {
    super(`the response has status ${status} and reports ${type}`);
    this.name = type;
    this.status = status;
    this.deniesKey = deniesKey;
  }
}

/** A response that is incomplete, or not from the service. The error quotes nothing of it. */
export class UnusableAnswerError extends Error {
  override readonly name = 'UnusableAnswerError';
  /** HTTP status of the response. */
  readonly status: number;

  constructor(status: number) {
    super(`the response has status ${status} and no readable content`);
    this.status = status;
  }
}

/**
 * Reads the error in a response of an AWS JSON protocol (1.0 or 1.1). Returns an `UnusableAnswerError` if the body holds no
 * error: then another program may have answered.
 */
export const errorIn = ({ status, headers, body }: WholeAnswer): ServiceError | UnusableAnswerError => {
  const error = status < 400 ? undefined : objectIn(body);
  const type = error && (error.__type ?? error.code ?? headers['x-amzn-errortype']);
  const name = typeof type === 'string' ? nameIn(type) : undefined;
  if (name === undefined) return new UnusableAnswerError(status);
  return new ServiceError(name, status, name === 'ValidationException' && deniesKey(error));
};

/** DynamoDB reports this case by its message only. */
const deniesKey = (error: ErrorFields | undefined): boolean => {
  const text = error?.message ?? error?.Message;
  return typeof text === 'string' && text.includes('key element does not match the schema');
};

interface ErrorFields {
  readonly message?: unknown;
  readonly Message?: unknown;
  readonly __type?: unknown;
  readonly code?: unknown;
}

/** With an empty body, the headers may name the error. */
const objectIn = (body: Uint8Array): ErrorFields | undefined => {
  if (body.byteLength === 0) return {};
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    // The parser's message would quote the body.
    return undefined;
  }
};

/** A type without its namespace and without the suffix that some services append; undefined if the rest is not a name. */
const nameIn = (type: string): string | undefined =>
  /^[\w.]{1,128}$/.exec(type.replace(/[,:].*/s, '').replace(/^.*#/s, ''))?.[0];

/** Whether a service rejected a call because its credentials have expired. */
export const hasExpired = (response: WholeAnswer): boolean =>
  response.status >= 400 && EXPIRED.has(errorIn(response).name);

const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);
