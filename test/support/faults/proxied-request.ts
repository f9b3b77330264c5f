import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request for DynamoDB as it came to the proxy. */
export interface ProxiedRequest {
  /** Without the version, for example `GetItem`. */
  readonly operation: string;
  /** The requested keys. Each is its values joined by `@@`, in the order in which they were sent. */
  readonly keys: readonly string[];
  /** The parsed body. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** On the monotonic clock of this process. */
  readonly arrivedAtMs: number;
  /** When DynamoDB answered; absent while it has not. */
  answeredAtMs?: number;
  /** The text of DynamoDB's answer; absent while there is none. */
  answer?: string;
}

/** What a request of DynamoDB's protocol asks for. An unreadable request has no keys. */
export const proxiedRequest = (
  { headers }: Pick<IncomingMessage, 'headers'>,
  bytes: Uint8Array,
): ProxiedRequest => {
  const body = jsonOf(bytes);
  const tables = propertyOf(body, 'RequestItems');
  const batched = valuesOf(tables).flatMap((table) => valuesOf(propertyOf(table, 'Keys')));
  const keys = [propertyOf(body, 'Key'), ...batched].filter((key) => key !== undefined);
  return {
    operation: String(headers['x-amz-target']).replace(/^.*\./, ''),
    keys: keys.map(textOf),
    body,
    headers,
    arrivedAtMs: performance.now(),
  };
};

const textOf = (key: unknown): string =>
  valuesOf(key)
    .map((value) => String(valuesOf(value)[0]))
    .join('@@');

const valuesOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
};
