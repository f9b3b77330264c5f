/** Random numbers that spread work over time. Not for secrets. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  fraction(): number;
}
