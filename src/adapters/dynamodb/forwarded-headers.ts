import type { WireHeaders } from '../../ports/inbound/wire-operations.ts';

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

/** The client's headers that are forwarded, apart from those that `signedHeaders` makes itself. */
export interface ForwardedHeaders {
  /** To be covered by the new signature: AWS requires every `x-amz-*` header to be signed. */
  readonly signed: readonly (readonly [name: string, value: string])[];
  readonly unsigned: readonly (readonly [name: string, value: string])[];
}

/** Splits the headers of a client into those to sign, those to forward unsigned, and those to leave out. */
export const forwardedHeaders = (headers: WireHeaders): ForwardedHeaders => {
  const signed: [name: string, value: string][] = [];
  const unsigned: [name: string, value: string][] = [];
  const ofConnection = namesIn(headers.get('connection'));
  headers.forEach((value, name) => {
    if (NOT_FORWARDED.has(name) || ofConnection.includes(name)) return;
    (name.startsWith('x-amz-') ? signed : unsigned).push([name, value]);
  });
  unsigned.push(['accept-encoding', 'identity'], [HOP_HEADER, '1']);
  return { signed, unsigned };
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
