import { Buffer } from 'node:buffer';
import type { Digest } from '../../../src/ports/outbound/digest.ts';

/** A digest that tests can foretell: the bytes themselves, in base64url behind `plain-`. */
export class PlainDigest implements Digest {
  digestOf(bytes: Uint8Array): string {
    return `plain-${Buffer.from(bytes).toString('base64url')}`;
  }
}
