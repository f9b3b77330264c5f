import { createHmac } from 'node:crypto';
import type { SigningScope } from './signing-scope.ts';

/** As many as are in use at a time, and some: two secrets in a few regions, around midnight. */
const MAX_KEYS = 32;

/** The keys that secrets and scopes make, which takes longer than to sign with them; kept until there are too many. */
export class SigningKeys {
  readonly #keys = new Map<string, Buffer>();

  of({ day, region, service }: SigningScope, secretAccessKey: string): Buffer {
    const name = `${day}/${region}/${service}/${secretAccessKey}`;
    const kept = this.#keys.get(name);
    if (kept !== undefined) return kept;
    const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
      (from, part) => createHmac('sha256', from).update(part).digest(),
      Buffer.from(`AWS4${secretAccessKey}`),
    );
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    this.#keys.set(name, key);
    return key;
  }
}
