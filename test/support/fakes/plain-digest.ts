import { Buffer } from 'node:buffer';
import type { Digest } from '../../../src/ports/outbound/digest.ts';

/** A predictable digest: `plain-` and the bytes in base64url. */
export class PlainDigest implements Digest {
  digestOf(bytes: Uint8Array): string {
    return `plain-${Buffer.from(bytes).toString('base64url')}`;
  }
}
