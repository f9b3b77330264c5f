/** A value to be kept for other environments. */
export interface SharedEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Milliseconds after which it must be gone. */
  readonly lifetimeMs: number;
}

/**
 * Values that all environments of a function share. It may lose values, or return older ones, at any time. All methods reject
 * with a `TransientError` or a `SourceRefusedError`; any other error is a defect.
 */
export interface SharedEntries {
  /** Resolves with the values of these names, in their order; `undefined` for one that it does not have. */
  getMany(names: readonly string[], signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[]>;
  setMany(entries: readonly SharedEntry[], signal: AbortSignal): Promise<void>;
  /** Connects, so that the first call does not have to. Never throws. */
  open?(): void;
  /** Closes connections. After a freeze or a restored snapshot they may be dead. */
  dropConnections?(): void;
}
