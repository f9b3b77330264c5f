import { REGION_NAME } from '../../../domain/regions/region-name.ts';
import {
  NotForwardedError,
  OperationRefusedError,
  type WireRequest,
} from '../../../ports/inbound/wire-operations.ts';
import type { Caller, CallerRecogniser } from '../../../ports/outbound/caller-recogniser.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';
import { type CredentialCache, type KnownCredentials, NO_CREDENTIALS } from '../credentials/credentials.ts';
import type { RequestSignature } from './verified-signature.ts';

export interface Sigv4CallerRecogniserOptions {
  /** Name of the service that signatures must be scoped to, such as `dynamodb`. */
  readonly service: string;
  /** What messages call the service, such as `DynamoDB`. */
  readonly serviceName: string;
  /** Whether to verify the signature, not only the key id. */
  readonly verifies: boolean;
  /** The account of the function, if the environment names it. Otherwise that of the credentials is used. */
  readonly account?: string | undefined;
}

/** Recognizes the caller by the key id of the signature: a request signed with credentials of the function is the function's. */
export class Sigv4CallerRecogniser implements CallerRecogniser {
  readonly #credentialCache: CredentialCache;
  readonly #clock: Clock;
  readonly #options: Sigv4CallerRecogniserOptions;
  readonly #signatures = new SignatureReader();

  constructor(credentialCache: CredentialCache, clock: Clock, options: Sigv4CallerRecogniserOptions) {
    this.#credentialCache = credentialCache;
    this.#clock = clock;
    this.#options = options;
  }

  recognise(request: Pick<WireRequest, 'headers'>): Caller | Promise<Caller> {
    const signature = this.#signatureIn(request);
    const credentials = this.#credentialCache.find(signature.accessKeyId);
    return credentials === undefined
      ? this.#recogniseUnknown(signature)
      : this.#callerOf(credentials, signature);
  }

  verify(request: WireRequest): void | Promise<void> {
    if (!this.#options.verifies) return undefined;
    const signature = this.#signatureIn(request);
    const credentials = this.#credentialCache.find(signature.accessKeyId);
    if (credentials === undefined) throw this.#foreignKey();
    return this.#verify(request, signature, credentials);
  }

  async #recogniseUnknown(signature: RequestSignature): Promise<Caller> {
    const credentials = await this.#find(signature.accessKeyId);
    if (credentials === undefined) throw this.#foreignKey();
    return this.#callerOf(credentials, signature);
  }

  #callerOf({ accountId }: KnownCredentials, { scope: { region } }: RequestSignature): Caller {
    // Credentials from the environment contain AWS_ACCOUNT_ID, which functions use for other accounts, too.
    const account = this.#options.account ?? accountId;
    return account === undefined ? { region } : { region, account };
  }

  async #find(accessKeyId: string): Promise<KnownCredentials | undefined> {
    try {
      return (
        this.#credentialCache.find(accessKeyId) ?? (await this.#credentialCache.findRenewed(accessKeyId))
      );
    } catch (cause) {
      throw new NotForwardedError(NO_CREDENTIALS, { cause });
    }
  }

  async #verify(
    request: WireRequest,
    signature: RequestSignature,
    credentials: KnownCredentials,
  ): Promise<void> {
    const { isSignedBy } = await import('./verified-signature.ts');
    if (isSignedBy(credentials, signature, request, this.#clock.now())) return;
    throw new OperationRefusedError(
      'InvalidSignatureException',
      'the extension verifies signatures, so that requests must be signed with the credentials of the function: this signature does not match, covers too little, or is too old',
    );
  }

  #signatureIn({ headers }: Pick<WireRequest, 'headers'>): RequestSignature {
    const authorization = headers.get('authorization') ?? '';
    if (authorization === '') {
      throw new OperationRefusedError(
        'MissingAuthenticationTokenException',
        'Request is missing Authentication Token',
      );
    }
    const signature = this.#signatures.read(authorization);
    if (signature === undefined) {
      throw new OperationRefusedError(
        'IncompleteSignatureException',
        'the Authorization header is no complete AWS4-HMAC-SHA256 signature, and no other kind is understood here',
      );
    }
    const { region, service } = signature.scope;
    if (service === this.#options.service && REGION_NAME.test(region)) return signature;
    throw new OperationRefusedError(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region and to the correct service: '${this.#options.service}'`,
    );
  }

  #foreignKey(): OperationRefusedError {
    return new OperationRefusedError(
      'UnrecognizedClientException',
      `the request is not signed with the credentials of the function, and the extension accepts no others: sign with the credentials of the function's environment, or give this client an endpoint of ${this.#options.serviceName} itself`,
    );
  }
}

const HEXADECIMAL = /^[0-9a-f]+$/;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/aws4_request *, *SignedHeaders=([^, ]+) *, *Signature=([^, ]+)$/;

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
