import type { BodyAllowance, OpenRequest } from '../../../ports/inbound/server.ts';
import type { ClientSignal, WireHeaders } from '../../../ports/inbound/wire-operations.ts';

import { bodyWithin } from '../server/request-body.ts';

/** A request that SDKs send, whoever serves it. */
export interface WireHttpRequest {
  readonly url: string;
  readonly headers: WireHeaders;
  /** Made when it is first asked for, which an answer from memory does not do. */
  readonly signal: ClientSignal;
  /** The whole body; undefined if it is longer than it may be. Rejects as an `OpenRequest` does. */
  read(allowance: BodyAllowance): Promise<Uint8Array | undefined>;
}

// Classes, because V8 keeps the getter of an object literal, and all that it can see, until the next large collection.

/** Such a request with nothing of the web's own objects. */
export class OpenWireRequest implements WireHttpRequest {
  readonly url: string;
  readonly headers: WireHeaders;
  readonly #request: OpenRequest;

  constructor(request: OpenRequest, headers: WireHeaders) {
    this.url = `http://${headers.get('host') ?? ''}/`;
    this.headers = headers;
    this.#request = request;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    return this.#request.read(allowance);
  }
}

/** Such a request as a web-standard object. */
export class WebWireRequest implements WireHttpRequest {
  readonly headers: WireHeaders;
  readonly #request: Request;

  constructor(request: Request) {
    this.headers = request.headers;
    this.#request = request;
  }

  get url(): string {
    return this.#request.url;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    return bodyWithin(this.#request, allowance);
  }
}

/** Query parameters, in lower case, that only a request signed in its URL has: Signature Versions 4 and 2. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-signature',
]);

/** Whether `url` carries a signature in its query string, as presigned URLs do. */
export const isSignedInQuery = (url: string): boolean => {
  const start = url.indexOf('?');
  if (start === -1) return false;
  return [...new URLSearchParams(url.slice(start)).keys()].some((name) => PARAMETERS.has(name.toLowerCase()));
};
