/** The only supported algorithm. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The content of an `Authorization` header. */
export interface RequestSignature {
  readonly accessKeyId: string;
  readonly scope: SigningScope;
  /** Names in lower case, sorted. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal digits. */
  readonly signature: string;
}

const HEXADECIMAL = /^[0-9a-f]+$/;

const AUTHORIZATION = new RegExp(
  `^${ALGORITHM} +Credential=([^/, ]+)/(\\d{8})/([^/, ]+)/([^/, ]+)/aws4_request *, *SignedHeaders=([^, ]+) *, *Signature=([^, ]+)$`,
);

/** Length of a signature in digits. */
const DIGITS = 64;

/** Reads `Authorization` headers. The part that is the same all day is parsed once. */
export class SignatureReader {
  /** The latest header up to its signature, and its content. */
  #latest: { readonly beginning: string; readonly content: RequestSignature } | undefined;

  /** The content of the header; undefined if it is not a signature of Version 4. */
  read(authorization: string): RequestSignature | undefined {
    const end = authorization.length - DIGITS;
    const latest = this.#latest;
    if (latest?.beginning.length === end && authorization.startsWith(latest.beginning)) {
      const signature = authorization.slice(end);
      if (HEXADECIMAL.test(signature)) return { ...latest.content, signature };
    }
    const content = readSignature(authorization);
    if (content?.signature.length === DIGITS && authorization.endsWith(content.signature)) {
      this.#latest = { beginning: authorization.slice(0, end), content };
    }
    return content;
  }
}

/** Parses an `Authorization` header; undefined if it is not a signature of Version 4. */
export const readSignature = (authorization: string): RequestSignature | undefined => {
  const [whole, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] =
    AUTHORIZATION.exec(authorization.trim()) ?? [];
  if (whole === undefined) return undefined;
  return { accessKeyId, scope: { day, region, service }, signedHeaders: names.split(';'), signature };
};

/** The scope in which a signature is valid. */
export interface SigningScope {
  /** Eight digits. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}
