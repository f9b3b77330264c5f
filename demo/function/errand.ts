/** One request to the cache. */
export interface CacheRequest {
  readonly method: 'GET' | 'DELETE' | 'POST';
  /** Path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface CacheAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the sending of the request to the last byte of the answer. */
  readonly ms: number;
}

/** The event of the sample function. Its result is the answers, in the order of the requests. */
export interface Errand {
  readonly requests: readonly CacheRequest[];
  /** All at the same time, or each after the answer to the one before. */
  readonly order: 'together' | 'in turn';
}
