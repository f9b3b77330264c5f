import {
  ParametersAndSecrets,
  type ParametersAndSecretsOptions,
} from '../../../src/adapters/http/parameters-and-secrets/extension-handler.ts';
import { safeTarget } from '../../../src/adapters/http/server/request-head.ts';
import { ParameterDirectory } from '../../../src/domain/parameters/parameter-directory.ts';
import { parseParameterKey } from '../../../src/domain/parameters/parameter-key.ts';
import { SecretDirectory } from '../../../src/domain/secrets/secret-directory.ts';
import { parseSecretKey } from '../../../src/domain/secrets/secret-key.ts';
import type { PlainAnswer, RequestHandler } from '../../../src/ports/inbound/server.ts';
import { FakeItemReader } from '../fakes/fake-item-reader.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { found } from './app-under-test.ts';

/** The token that the handler accepts, unless a test says otherwise. */
export const SESSION_TOKEN = 'session/token+of=the-function';

export const TOKEN_HEADER = 'X-Aws-Parameters-Secrets-Token';

/** An answer, whichever way it came. */
export interface ExtensionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The handler for AWS's extension over a fake reader, which has every value unless told otherwise. */
export class ExtensionHandlerUnderTest {
  readonly reader = new FakeItemReader();
  readonly logger = new RecordingLogger();
  readonly handler: RequestHandler;

  constructor(overrides: Partial<ParametersAndSecretsOptions> = {}) {
    this.reader.answer = () => found('{"VersionId":"v1"}');
    this.handler = new ParametersAndSecrets({
      parameters: new ParameterDirectory([], 'parameters'),
      secrets: new SecretDirectory([], 'secrets'),
      roles: new Map(),
      reader: this.reader,
      tokens: [SESSION_TOKEN],
      hasTypedErrors: false,
      cacheName: 'dynamodb-cache',
      logger: this.logger,
      ...overrides,
    }).handler;
  }

  /** The answer through a `Request`. Without other headers, those of a client with the token. */
  async request(
    target: string,
    headers: Readonly<Record<string, string>> = CLIENT,
    { method = 'GET', overLimit = false } = {},
  ): Promise<ExtensionAnswer> {
    // A server gives the target as it was sent, escaped, which `Request` would also normalize.
    const url = new URL(safeTarget(target, undefined)).origin + safeTarget(target, 'localhost');
    const request = Object.create(new Request('http://localhost:2773/', { method, headers }), {
      url: { value: url },
      method: { value: method },
      headers: { value: new Headers(headers) },
    });
    const response = await this.handler(request, { overLimit });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  }

  /** The answer of the fast path; undefined if it leaves the request to the handler. */
  async fast(
    target: string,
    headers: Readonly<Record<string, string>> = CLIENT,
    overLimit = false,
  ): Promise<ExtensionAnswer | undefined> {
    const given = this.handler.fastPath?.(
      { method: 'GET', target, headers: Object.entries(headers).flat() },
      { overLimit },
    );
    const answer: PlainAnswer | undefined = await given;
    if (answer === undefined) return undefined;
    return { ...answer, body: new TextDecoder().decode(answer.body) };
  }

  /** The parameters and secrets that were read, as a client would name them. */
  get asked(): readonly unknown[] {
    return this.reader.reads.map(({ key }) =>
      key.group === 'secrets' ? parseSecretKey(key) : parseParameterKey(key),
    );
  }
}

/** The headers of an HTTP client in a function. */
export const CLIENT: Readonly<Record<string, string>> = {
  Host: 'localhost:2773',
  Connection: 'keep-alive',
  [TOKEN_HEADER]: SESSION_TOKEN,
};
