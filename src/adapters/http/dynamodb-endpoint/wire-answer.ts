import type { WireAnswer } from '../../../ports/inbound/wire-operations.ts';
import { crc32 } from './crc32.ts';

/** What bodies of the protocol are (AWS JSON 1.0). */
export const WIRE_CONTENT_TYPE = 'application/x-amz-json-1.0';

/** The answer with an id, a length and a checksum where it has none. */
export const completed = ({ status, headers, body }: WireAnswer): WireAnswer => {
  const id = headers['x-amzn-requestid'] ?? crypto.randomUUID();
  const whole = body instanceof Uint8Array ? measured(headers, body) : undefined;
  return {
    status,
    headers: { 'content-type': WIRE_CONTENT_TYPE, 'x-amzn-requestid': id, ...headers, ...whole },
    body,
  };
};

const measured = (headers: WireAnswer['headers'], body: Uint8Array): Readonly<Record<string, string>> => ({
  'content-length': String(body.byteLength),
  'x-amz-crc32': headers['x-amz-crc32'] ?? String(crc32(body)),
});
