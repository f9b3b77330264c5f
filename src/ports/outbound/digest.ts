/** Makes short digests of bodies. Different bytes give different digests for all practical purposes. */
export interface Digest {
  /** Printable ASCII without quotes or backslashes. */
  digestOf(bytes: Uint8Array): string;
}
