import { ALGORITHM, type SigningScope } from './signing-scope.ts';

/** What the `Authorization` header of a request says. */
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

/** Digits of a signature. */
const DIGITS = 64;

/** Reads headers of Signature Version 4. What of them is the same all day is read once. */
export class SignatureReader {
  /** The latest header up to its signature, and what it said. */
  #latest: { readonly beginning: string; readonly said: RequestSignature } | undefined;

  /** What the header says; undefined if it is none. */
  read(authorization: string): RequestSignature | undefined {
    const end = authorization.length - DIGITS;
    const latest = this.#latest;
    if (latest?.beginning.length === end && authorization.startsWith(latest.beginning)) {
      const signature = authorization.slice(end);
      if (HEXADECIMAL.test(signature)) return { ...latest.said, signature };
    }
    const said = readSignature(authorization);
    if (said !== undefined && authorization.endsWith(said.signature) && said.signature.length === DIGITS) {
      this.#latest = { beginning: authorization.slice(0, end), said };
    }
    return said;
  }
}

/** Reads a header of Signature Version 4; undefined if it is none. */
export const readSignature = (authorization: string): RequestSignature | undefined => {
  const [whole, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] =
    AUTHORIZATION.exec(authorization.trim()) ?? [];
  if (whole === undefined) return undefined;
  return { accessKeyId, scope: { day, region, service }, signedHeaders: names.split(';'), signature };
};
