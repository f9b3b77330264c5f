import { hash } from 'node:crypto';

/** What SHA-256 reads at a time. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * Signs with HMAC-SHA256 (RFC 2104), as two digests over memory that is kept. `createHmac` makes a stream and an object of the
 * library of each signature, which takes as long as all else that is hashed where the processor has forgotten them meanwhile.
 */
export class SigningKey {
  #inner: Buffer;
  readonly #outer: Buffer;

  /** @param key not longer than 64 bytes */
  constructor(key: Uint8Array) {
    this.#inner = padded(key, 0x36, BLOCK_BYTES);
    this.#outer = padded(key, 0x5c, BLOCK_BYTES + DIGEST_BYTES);
  }

  /** The signature, in hexadecimal digits, of `text`, which has one character for each byte. */
  sign(text: string): string {
    const bytes = BLOCK_BYTES + text.length;
    // It has one length for as long as a day, so that no part of it need be cut out.
    if (this.#inner.length !== bytes)
      this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES)], bytes);
    this.#inner.write(text, BLOCK_BYTES, 'latin1');
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }
}

const padded = (key: Uint8Array, pad: number, bytes: number): Buffer => {
  const block = Buffer.alloc(bytes).fill(pad, 0, BLOCK_BYTES);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  return block;
};
