/** One encoded form of an entry, told from the others by its content type. */
export interface Body {
  /** Media type as it stands in the `Content-Type` header of an answer, for example `application/json`. */
  readonly contentType: string;
  /** The answer as it goes over the wire. Never changed after it was handed over. */
  readonly bytes: Uint8Array;
}

/** A body as it is kept: with the digest of its bytes, from which a strong entity tag is made. */
export interface StoredBody extends Body {
  readonly digest: string;
}
