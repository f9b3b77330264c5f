import { HOP_HEADER, type WireHeaders } from '../../../ports/inbound/wire-operations.ts';

/** Headers of the connection or of the old signature, headers that the client adds, and headers for the extension only. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
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

/** The headers of a client that are forwarded. */
export interface ForwardedHeaders {
  /** Covered by the new signature: AWS requires every `x-amz-*` header to be signed. */
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
    (name.startsWith('x-amz-') || name === 'content-type' ? signed : unsigned).push([name, value]);
  });
  unsigned.push(['accept-encoding', 'identity'], [HOP_HEADER, '1']);
  return { signed, unsigned };
};

/** The names of further headers of the connection, which `Connection` lists (RFC 9110, 7.6.1). */
const namesIn = (connection: string | null): readonly string[] =>
  connection === null || connection === 'keep-alive' ? [] : connection.toLowerCase().split(/[\s,]+/);

/** The headers of the service's response that are returned to the client. */
export const returnedHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const returned: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && !NOT_RETURNED.has(name)) returned[name] = value;
  }
  return returned;
};
