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

  /** The signature of `text`, in UTF-8, in hexadecimal digits. */
  sign(text: string): string {
    const end = BLOCK_BYTES + Buffer.byteLength(text);
    if (this.#inner.length < end) this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES)], end);
    this.#inner.write(text, BLOCK_BYTES);
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'hex'), BLOCK_BYTES, 'hex');
    return hash('sha256', this.#outer, 'hex');
  }
}

const padded = (key: Uint8Array, pad: number, bytes: number): Buffer => {
  const block = Buffer.alloc(bytes).fill(pad, 0, BLOCK_BYTES);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  return block;
};
