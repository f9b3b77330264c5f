import { Writable } from 'node:stream';
import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { SigningKeys, signedHeaders, signingTime } from '../../../src/adapters/aws/sigv4/sigv4.ts';
import { EmfMetrics } from '../../../src/adapters/observability/emf-metrics.ts';
import type { Program } from '../../../src/bootstrap/components.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import type { PlainAnswer, RequestHandler } from '../../../src/ports/inbound/server.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import type { LogFields, Logger } from '../../../src/ports/outbound/logger.ts';
import { FakeServer } from '../application/fake-server.ts';
import type { Chance } from '../chance.ts';
import { useTestCredentials } from '../dynamodb/test-credentials.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';
import { FakeLifecycleEvents } from '../fakes/fake-lifecycle-events.ts';
import { settingsOf } from '../settings.ts';
import { CREDENTIALS } from './modelled-aws.ts';
import { LIFETIMES } from './read-judge.ts';

/** Part of each value, and of nothing else. */
export const MARKER = 'hush-hush';

const HOST = 'localhost:4000';
const TOKEN = 'model-token';
const REGION = 'eu-west-1';
const AWS_JSON = 'application/x-amz-json-1.1';
const CONNECTION = { overLimit: false };
const NEVER_ABORTED = new AbortController().signal;
const PLAIN_HEADERS = ['host', HOST, 'x-aws-parameters-secrets-token', TOKEN];
const TIMEOUT_MS = 2_000;
const WRITE_WINDOW_MS = 100;

/** An answer with its whole body. */
export interface ModelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Looks for values in whatever must contain none. */
export class LeakDetector implements Logger {
  readonly faults: string[] = [];
  /** Lines of logs and metrics, and answers without a value. */
  checked = 0;

  check(what: string, text: string): void {
    this.checked += 1;
    if (text.includes(MARKER)) this.faults.push(`a value is in ${what}: ${text.slice(0, 500)}`);
  }

  debug(message: string, fields?: LogFields): void {
    this.#line(message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#line(message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#line(message, fields);
  }

  /** A defect, which nothing in the simulation may cause. */
  error(message: string, fields: LogFields = {}): void {
    this.#line(message, fields);
    const { error } = fields;
    this.faults.push(`the program logged an error: ${message} ${error instanceof Error ? error.stack : ''}`);
  }

  #line(message: string, fields: LogFields = {}): void {
    const texts = Object.values(fields).map((field) =>
      field instanceof Error ? `${field.stack} ${JSON.stringify(field.cause)}` : JSON.stringify(field),
    );
    this.check('a log line', [message, ...texts].join(' '));
  }
}

/** The wired program in this process: its clock is fake, and its clients call its handlers. */
export class ProgramUnderModel {
  readonly leaks = new LeakDetector();
  readonly #clock: FakeClock;
  readonly #events = new FakeLifecycleEvents();
  readonly #program: Program;
  readonly #handler: RequestHandler;
  readonly #keys = new SigningKeys();
  #extension: RequestHandler | undefined;
  #running: Promise<void> = Promise.resolve();
  #invocations = 0;

  constructor(url: string, clock: FakeClock, random: Chance) {
    useTestCredentials();
    this.#clock = clock;
    const service = { ttlMs: LIFETIMES.ttlMs, timeoutMs: TIMEOUT_MS };
    const settings = settingsOf({
      tables: [],
      endpoints: { ssm: url, secretsmanager: url },
      lifetimes: LIFETIMES,
      sdkServices: ['ssm', 'secretsmanager'],
      secretTokens: [TOKEN],
      writeWindowMs: WRITE_WINDOW_MS,
      parametersSecretsExtension: {
        parameters: service,
        secrets: service,
        isCaching: true,
        maxReads: 50,
        logLevel: undefined,
        warnings: [],
      },
    });
    const output = new Writable({
      write: (line, _, done) => {
        this.leaks.check('a metric', String(line));
        done();
      },
    });
    this.#program = createContainer(settings, {
      clock,
      random,
      logger: this.leaks,
      server: new FakeServer([]),
      lifecycleEvents: this.#events,
      credentialCache: new CredentialCache(async () => CREDENTIALS, clock),
      metricsPublisher: new EmfMetrics({ output, clock, namespace: 'Model', functionName: 'model' }),
    });
    this.#handler = this.#program.get('requestHandler');
  }

  async start(): Promise<void> {
    await this.#program.get('deferredHandler').load();
    const listener = this.#program.get('listeners').find(({ name }) => name === 'parameters-and-secrets');
    this.#extension = await listener?.load(this.#program);
    this.#running = this.#program.get('runExtension').run();
  }

  async stop(): Promise<void> {
    this.#events.shutdown();
    await this.#clock.advance(5_000);
    await this.#running;
  }

  /** Answers from memory. */
  get hits(): number {
    const { hits, staleHits } = this.#program.get('cache').status.status().counts;
    return hits + staleHits;
  }

  invoke(deadlineInMs: number): void {
    if (this.#events.asked <= this.#invocations) return;
    this.#invocations += 1;
    this.#events.invoke(this.#clock.now() + deadlineInMs);
  }

  /** Requests a route of the program. */
  get(target: string, cacheControl?: string): Promise<ModelAnswer> {
    return this.#send(this.#handler, target, cacheControl);
  }

  /** Requests a value on the port of AWS's extension. */
  getFromExtension(target: string): Promise<ModelAnswer> {
    if (this.#extension === undefined) throw new Error('the extension is not loaded');
    return this.#send(this.#extension, target);
  }

  /**
   * Sends an operation of an SDK.
   *
   * @param more names and values of further headers
   */
  async operate(
    service: 'ssm' | 'secretsmanager',
    operation: string,
    input: object,
    more: readonly string[] = [],
  ): Promise<ModelAnswer> {
    const body = Buffer.from(JSON.stringify(input));
    const target = `${service === 'ssm' ? 'AmazonSSM' : 'secretsmanager'}.${operation}`;
    const signed = signedHeaders(
      {
        service,
        region: REGION,
        method: 'POST',
        host: HOST,
        path: '/',
        query: '',
        headers: [
          ['content-type', AWS_JSON],
          ['x-amz-target', target],
        ],
        body,
        time: signingTime(this.#clock.now()),
      },
      CREDENTIALS,
      this.#keys,
    );
    const request = {
      method: 'POST',
      target: '/',
      headers: [...signed.flat(), 'content-length', String(body.byteLength), ...more],
      signal: NEVER_ABORTED,
      read: async () => body,
    };
    const answer = await this.#handler.rawHandler?.(request, CONNECTION);
    if (answer === undefined) throw new Error('the endpoint did not answer');
    return this.#checked(target, { ...answer, text: await textOf(answer) });
  }

  async #send(handler: RequestHandler, target: string, cacheControl?: string): Promise<ModelAnswer> {
    const answer =
      cacheControl === undefined
        ? await handler.fastPath?.({ method: 'GET', target, headers: PLAIN_HEADERS }, CONNECTION)
        : undefined;
    if (answer !== undefined) return this.#checked(target, textAnswer(answer));
    const request = new Request(`http://${HOST}${target}`, {
      headers: {
        host: HOST,
        'x-aws-parameters-secrets-token': TOKEN,
        ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      },
    });
    return this.#checked(target, await wholeResponse(await handler(request, CONNECTION)));
  }

  #checked(target: string, answer: ModelAnswer): ModelAnswer {
    if (answer.status !== 200 || target === '/metrics' || target === '/health')
      this.leaks.check(`the answer to ${target}`, answer.text);
    this.leaks.check(`the headers of the answer to ${target}`, JSON.stringify(answer.headers));
    return answer;
  }
}

const textAnswer = ({ status, headers, body }: PlainAnswer): ModelAnswer => ({
  status,
  headers,
  text: Buffer.from(body).toString(),
});

const wholeResponse = async (response: Response): Promise<ModelAnswer> => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  text: await response.text(),
});

const textOf = async ({ body }: WireAnswer): Promise<string> => {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
};
