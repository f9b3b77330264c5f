/** Makes short fingerprints of bodies, equal exactly (for all practical purposes) if the bytes are. */
export interface Digest {
  /** Printable ASCII without quotes or backslashes. */
  digestOf(bytes: Uint8Array): string;
}
