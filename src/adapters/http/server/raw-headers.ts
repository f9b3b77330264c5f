import type { WireHeaders } from '../../../ports/inbound/wire-operations.ts';
import { isLoopback } from '../guards.ts';

/** With more headers than that, to look for each among all takes longer than to put them into a map. */
const MAX_SEARCHED = 32;

/** Headers as they came over the wire. They are looked through each time, because there are few, and of few anything is asked. */
export class RawHeaders implements WireHeaders {
  readonly #pairs: readonly string[];

  /** @param pairs names and values in turn; what is sent twice is joined */
  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  get(name: string): string | null {
    const wanted = name.toLowerCase();
    let joined: string | null = null;
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const given = this.#pairs[index] ?? '';
      if (!isNamed(given, wanted)) continue;
      const value = this.#pairs[index + 1] ?? '';
      joined = joined === null ? value : `${joined}, ${value}`;
    }
    return joined;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    if (this.#pairs.length > 2 * MAX_SEARCHED) {
      this.#joined().forEach(visit);
      return;
    }
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const name = (this.#pairs[index] ?? '').toLowerCase();
      if (this.#placeOf(name) === index) visit(this.get(name) ?? '', name);
    }
  }

  #joined(): ReadonlyMap<string, string> {
    const joined = new Map<string, string>();
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const name = (this.#pairs[index] ?? '').toLowerCase();
      const value = this.#pairs[index + 1] ?? '';
      const before = joined.get(name);
      joined.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    return joined;
  }

  /** Of the first header with this name, which is in lower case. */
  #placeOf(name: string): number {
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      if (isNamed(this.#pairs[index] ?? '', name)) return index;
    }
    return -1;
  }
}

/** Most clients send names in lower case already, of which another in lower case need not be made. */
const isNamed = (given: string, wanted: string): boolean =>
  given.length === wanted.length && (given === wanted || given.toLowerCase() === wanted);

/** Headers that no guard and no route looks at. Whatever is not known here may be one that they do. */
const WITHOUT_EFFECT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'user-agent',
  // Of fetch, and of Java's client, which offers HTTP/2 with each first request.
  'sec-fetch-mode',
  'upgrade',
  'http2-settings',
  // Of tracing.
  'traceparent',
  'tracestate',
  'baggage',
  'x-amzn-trace-id',
]);

const TOKEN = 'x-aws-parameters-secrets-token';

/** Shows whether a token is the right one. */
export type TokenCheck = (token: string) => boolean;

/**
 * Whether the headers of a request are such that the guards let it through and that it asks for an item in whatever state:
 * a `Host` that is this machine, the right token where one is needed, and nothing else that has an effect.
 *
 * @param headers names and values in turn, as they were sent
 * @param showsToken absent if no token is needed
 */
export const arePlain = (headers: readonly string[], showsToken?: TokenCheck): boolean => {
  let hosts = 0;
  let tokens = 0;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    if (WITHOUT_EFFECT.has(name)) continue;
    const value = headers[index + 1] ?? '';
    if (name === 'host' && isLoopback(value)) hosts += 1;
    else if (name === TOKEN && (showsToken === undefined || showsToken(value))) tokens += 1;
    else return false;
  }
  // Of what is sent twice, a parser may take either.
  return hosts === 1 && tokens <= 1 && (tokens === 1 || showsToken === undefined);
};
