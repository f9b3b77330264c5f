import type { IncomingMessage } from 'node:http';
import type { ProxiedRequest } from './exchange.ts';

/** What a request of DynamoDB's protocol asks for. Whatever cannot be understood asks for no keys. */
export const proxiedRequest = (
  { headers }: Pick<IncomingMessage, 'headers'>,
  body: Uint8Array,
): ProxiedRequest => {
  const input = jsonOf(body);
  const tables = propertyOf(input, 'RequestItems');
  const batched = valuesOf(tables).flatMap((table) => valuesOf(propertyOf(table, 'Keys')));
  const keys = [propertyOf(input, 'Key'), ...batched].filter((key) => key !== undefined);
  return {
    operation: String(headers['x-amz-target']).replace(/^.*\./, ''),
    keys: keys.map(textOf),
    input,
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

const jsonOf = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
};
