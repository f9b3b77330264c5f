import * as v from 'valibot';
import type { ProxiedRequest } from '../../test/support/faults/proxied-request.ts';

const attributeSchema = v.record(v.string(), v.string());
const itemRequestSchema = v.object({ TableName: v.string(), Key: v.record(v.string(), attributeSchema) });

/**
 * How many of the requests ask DynamoDB for one of the items that `names` name, each as in `Orders@@1001`. Readers may
 * send requests of their own while the story is told; those do not count.
 */
export const countOfRequests = (requests: readonly ProxiedRequest[], names: ReadonlySet<string>): number => {
  const wanted = new Set([...names].map((name) => canonical(name.split('@@'))));
  return requests.filter(({ body }) => {
    const request = v.safeParse(itemRequestSchema, body);
    if (!request.success) return false;
    const { TableName: table, Key: key } = request.output;
    return wanted.has(canonical([table, ...Object.values(key).flatMap((value) => Object.values(value))]));
  }).length;
};

/** One spelling of each number, and of each text in base64. */
const canonical = (parts: readonly string[]): string =>
  JSON.stringify(
    parts.map((part) => {
      if (part.trim() !== '' && !Number.isNaN(Number(part))) return String(Number(part));
      return part.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
    }),
  );
