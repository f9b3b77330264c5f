import type { StoredBody } from '../../../domain/cache/cache-entry.ts';
import { memberTexts } from '../../../domain/json/json-scanner.ts';

/** Bytes of the configurations whose values are kept. Their values take about twice as much memory: 4.4 MiB for 2.2 MB in 22,000 flags. */
const MAX_BYTES = 4_194_304;

interface Parsed {
  readonly byteLength: number;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * The values of the configurations that were used last, by name, because parsing 100 KB of flags takes 7 ms. Together, the
 * configurations have at most `maxBytes`; a larger one is parsed for each request.
 */
export class ParsedConfigurations {
  readonly #maxBytes: number;
  /** By the digest of the configuration; the least recently used one is first. */
  readonly #parsed = new Map<string, Parsed>();
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The text of each value of the configuration, by name; empty if it is not a JSON object. */
  valuesOf({ digest, bytes }: Pick<StoredBody, 'digest' | 'bytes'>): ReadonlyMap<string, string> {
    const known = this.#parsed.get(digest);
    const parsed = known ?? { byteLength: bytes.byteLength, values: memberTexts(bytes) ?? new Map() };
    if (known !== undefined) this.#delete(digest, known);
    this.#keep(digest, parsed);
    return parsed.values;
  }

  #keep(digest: string, parsed: Parsed): void {
    if (parsed.byteLength > this.#maxBytes) return;
    for (const [oldest, each] of this.#parsed) {
      if (this.#bytes + parsed.byteLength <= this.#maxBytes) break;
      this.#delete(oldest, each);
    }
    this.#parsed.set(digest, parsed);
    this.#bytes += parsed.byteLength;
  }

  #delete(digest: string, { byteLength }: Parsed): void {
    this.#parsed.delete(digest);
    this.#bytes -= byteLength;
  }
}
