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

const AUTHORIZATION = new RegExp(
  `^${ALGORITHM} +Credential=([^/, ]+)/(\\d{8})/([^/, ]+)/([^/, ]+)/aws4_request *, *SignedHeaders=([^, ]+) *, *Signature=([^, ]+)$`,
);

/** Reads a header of Signature Version 4; undefined if it is none. */
export const readSignature = (authorization: string): RequestSignature | undefined => {
  const [whole, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] =
    AUTHORIZATION.exec(authorization.trim()) ?? [];
  if (whole === undefined) return undefined;
  return { accessKeyId, scope: { day, region, service }, signedHeaders: names.split(';'), signature };
};
