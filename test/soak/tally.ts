import type { Exchange } from './exchange.ts';

/** Counts the answers. */
export class Tally {
  readonly kinds = new Map<string, number>();
  requests = 0;
  /** The longest that a reader waited, freezes included. */
  slowest = { ms: 0, what: 'nothing' };
  #fingerprint = 0x811c9dc5;

  add(kind: string, { received, request, headers }: Exchange, ms: number): void {
    this.requests += 1;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (ms > this.slowest.ms) this.slowest = { ms, what: `${request.method} ${request.target}: ${kind}` };
    this.#mix(`${received.order} ${kind} ${headers.get('age') ?? ''} ${headers.get('etag') ?? ''}`);
  }

  /** Equal for equal runs: all answers in their order, by FNV-1a. */
  get fingerprint(): string {
    return this.#fingerprint.toString(16).padStart(8, '0');
  }

  #mix(text: string): void {
    for (let index = 0; index < text.length; index += 1)
      this.#fingerprint = Math.imul(this.#fingerprint ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
}
