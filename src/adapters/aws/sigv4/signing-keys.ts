import { createHmac } from 'node:crypto';
import { SigningKey } from './signing-key.ts';
import type { SigningScope } from './signing-scope.ts';

/** As many as are in use at a time, and some: two secrets in a few regions, around midnight. */
const MAX_KEYS = 32;

interface KeptKey extends SigningScope {
  readonly secretAccessKey: string;
  readonly key: SigningKey;
}

/** The keys that secrets and scopes make, which takes longer than to sign with them; kept until there are too many. */
export class SigningKeys {
  #kept: KeptKey[] = [];

  of(scope: SigningScope, secretAccessKey: string): SigningKey {
    for (const kept of this.#kept) if (isOf(kept, scope, secretAccessKey)) return kept.key;
    const key = new SigningKey(derived(scope, secretAccessKey));
    if (this.#kept.length >= MAX_KEYS) this.#kept = [];
    // The latest goes first: days pass.
    this.#kept.unshift({ ...scope, secretAccessKey, key });
    return key;
  }
}

const isOf = (kept: KeptKey, { day, region, service }: SigningScope, secretAccessKey: string): boolean =>
  kept.day === day &&
  kept.region === region &&
  kept.service === service &&
  kept.secretAccessKey === secretAccessKey;

const derived = ({ day, region, service }: SigningScope, secretAccessKey: string): Buffer =>
  [day, region, service, 'aws4_request'].reduce<Buffer>(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
