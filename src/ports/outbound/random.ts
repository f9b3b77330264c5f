/** Randomness, for spreading what would otherwise happen all at once. Not for secrets. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  fraction(): number;
}
