import { hash, randomFillSync } from 'node:crypto';
import type { ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { PlainAnswer } from '../../../ports/inbound/server.ts';

/** Keeps answers with secrets out of other caches, and makes their entity tags useless for guesses of the value. */
export class SecretAnswers {
  /** Made with the first answer: a start must not load `node:crypto`, and copies of a snapshot must not share it. */
  #key: string | undefined;

  /** The result with a digest that only this process can compute. Equal bodies have equal ones. */
  withKeyedDigest(result: ReadResult): ReadResult {
    if (result.outcome === 'absent') return result;
    // Logs may show entity tags, and the plain digest of a weak password can be found by trying passwords.
    this.#key ??= randomFillSync(Buffer.alloc(32)).toString('base64url');
    const digest = hash('sha256', this.#key + result.body.digest, 'base64url');
    return { ...result, body: { ...result.body, digest } };
  }

  withoutStore(answer: PlainAnswer): PlainAnswer {
    return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
  }
}
