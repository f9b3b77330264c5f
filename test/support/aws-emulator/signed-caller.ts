import {
  canonicalQuery,
  type QueryPairs,
  SigningKeys,
  signedHeaders,
  signingTime,
} from '../../../src/adapters/aws/sigv4/sigv4.ts';
import type { AwsCredentials } from '../../../tools/aws-emulator/index.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';

/** An answer whose body is JSON, or `undefined` if it is not. */
export interface AwsAnswer extends HttpAnswer {
  readonly json: unknown;
}

export interface AwsRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query: QueryPairs;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SignedCallerOptions {
  readonly url: string;
  readonly credentials: AwsCredentials;
  readonly region?: string;
  readonly now: () => number;
  /** Changes the headers of a request that has been signed. */
  readonly tamper?: (headers: Readonly<Record<string, string>>) => Record<string, string>;
  /** Sent in place of the body that has been signed. */
  readonly sentBody?: string;
}

const JSON_1_1 = 'application/x-amz-json-1.1';

/** A client of the emulator without an SDK. Its signatures come from the program's own code, not from the emulator's. */
export class SignedCaller {
  readonly #options: SignedCallerOptions;
  readonly #keys = new SigningKeys();

  constructor(options: SignedCallerOptions) {
    this.#options = options;
  }

  with(options: Partial<SignedCallerOptions>): SignedCaller {
    return new SignedCaller({ ...this.#options, ...options });
  }

  ssm(operation: string, input: unknown, change: Partial<AwsRequest> = {}): Promise<AwsAnswer> {
    return this.#json('ssm', `AmazonSSM.${operation}`, input, change);
  }

  secrets(operation: string, input: unknown, change: Partial<AwsRequest> = {}): Promise<AwsAnswer> {
    return this.#json('secretsmanager', `secretsmanager.${operation}`, input, change);
  }

  startSession(input: unknown): Promise<AwsAnswer> {
    return this.send({
      service: 'appconfig',
      method: 'POST',
      path: '/configurationsessions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
  }

  poll(token: unknown, headers: Readonly<Record<string, string>> = {}): Promise<AwsAnswer> {
    const query = [['configuration_token', String(token)]] as const;
    return this.send({ service: 'appconfig', method: 'GET', path: '/configuration', query, headers });
  }

  async send(request: Partial<AwsRequest>): Promise<AwsAnswer> {
    const { service = 'ssm', method = 'POST', path = '/', query = [], headers = {}, body = '' } = request;
    const { url, credentials, region = 'eu-west-1', now, tamper, sentBody = body } = this.#options;
    const signed = signedHeaders(
      {
        method,
        path,
        query: canonicalQuery(query),
        headers: Object.entries(headers),
        body: Buffer.from(body),
        host: new URL(url).host,
        service,
        region,
        time: signingTime(now()),
      },
      credentials,
      this.#keys,
    );
    const sent = Object.fromEntries(signed);
    const suffix = query.length === 0 ? '' : `?${canonicalQuery(query)}`;
    const answer = await exchange(`${url}${path}${suffix}`, {
      method,
      headers: { 'content-length': Buffer.byteLength(sentBody), ...(tamper?.(sent) ?? sent) },
      body: sentBody,
    });
    return { ...answer, json: parsed(answer.body) };
  }

  #json(
    service: string,
    target: string,
    input: unknown,
    { headers, ...change }: Partial<AwsRequest>,
  ): Promise<AwsAnswer> {
    return this.send({
      service,
      headers: { 'content-type': JSON_1_1, 'x-amz-target': target, ...headers },
      body: JSON.stringify(input),
      ...change,
    });
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
