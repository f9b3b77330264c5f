import type { WireHeaders } from '../../ports/wire-operations.ts';

/** Marks what was forwarded, so that it is known if it comes back. */
export const HOP_HEADER = 'x-dynamodb-cache-forwarded';

/** Of the connection, of the old signature or covered by the new one, or for us alone. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
  'x-aws-parameters-secrets-token',
  HOP_HEADER,
]);

const NOT_RETURNED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What of a client's headers goes on to DynamoDB, beside a signature of our own and what that covers. */
export const forwardedHeaders = (headers: WireHeaders): [name: string, value: string][] => {
  const forwarded: [name: string, value: string][] = [];
  const ofConnection = namesIn(headers.get('connection'));
  headers.forEach((value, name) => {
    if (!NOT_FORWARDED.has(name) && !ofConnection.includes(name)) forwarded.push([name, value]);
  });
  forwarded.push(['accept-encoding', 'identity'], [HOP_HEADER, '1']);
  return forwarded;
};

/** The names of other headers that a `Connection` says are of the connection as well (RFC 9110, 7.6.1). */
const namesIn = (connection: string | null): readonly string[] =>
  connection === null || connection === 'keep-alive' ? [] : connection.toLowerCase().split(/[\s,]+/);

/** What of DynamoDB's headers goes back to the client. */
export const returnedHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const returned: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && !NOT_RETURNED.has(name)) returned[name] = value;
  }
  return returned;
};
