import type {
  AppConfigDataClient,
  AppConfigDataRequest,
} from '../../../src/adapters/appconfig/appconfig-data.ts';
import type { WholeResponse } from '../../../src/adapters/aws/aws-client.ts';
import type { Clock } from '../../../src/ports/outbound/clock.ts';

interface Deployment {
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

interface IssuedToken {
  readonly place: string;
  readonly pauseSeconds: number;
  readonly issuedAt: number;
  readonly notBefore: number;
  /** The version that the session returned last; 0 before the first poll. */
  readonly version: number;
}

/** Stands for the processing of a call: `process` has the service answer it. */
type Intervention = (process: () => WholeResponse) => WholeResponse;

const DAY_MS = 24 * 60 * 60_000;

/** AppConfigData in memory: tokens that can be used once, for 24 hours and not too early; empty bodies for no change. */
export class FakeAppConfigData implements AppConfigDataClient {
  readonly requests: AppConfigDataRequest[] = [];
  /** The most calls that ran at once. */
  mostAtOnce = 0;
  /** How often a configuration was sent, which AWS charges for. */
  receives = 0;
  idleCloses = 0;
  discarded = 0;
  readonly #clock: Clock;
  readonly #deployments = new Map<string, Deployment>();
  readonly #tokens = new Map<string, IssuedToken>();
  readonly #interventions: Intervention[] = [];
  #issued = 0;
  #running = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Deploys `text` at `region/application/environment/profile`. */
  deploy(place: string, text: string, mediaType = 'application/json'): void {
    const version = (this.#deployments.get(place)?.version ?? 0) + 1;
    this.#deployments.set(place, { version, bytes: new TextEncoder().encode(text), mediaType });
  }

  remove(place: string): void {
    this.#deployments.delete(place);
  }

  /** Has each of the next calls answered by one of these. */
  intervene(...interventions: readonly Intervention[]): void {
    this.#interventions.push(...interventions);
  }

  /** The operations that were called, in order. */
  get operations(): readonly string[] {
    return this.requests.map(({ operation }) => operation);
  }

  async sendWhole(request: AppConfigDataRequest): Promise<WholeResponse> {
    this.requests.push(request);
    this.#running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
    await Promise.resolve();
    this.#running -= 1;
    const intervene = this.#interventions.shift() ?? ((process) => process());
    return intervene(() => this.#process(request));
  }

  closeIdle(): void {
    this.idleCloses += 1;
  }

  /** A response of the service. */
  response(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
  ): WholeResponse {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const discard = () => {
      this.discarded += 1;
    };
    return { status, headers, body: bytes, discard };
  }

  /** A response that reports an error. */
  failure(status: number, type: string, body: object = { Message: 'it failed' }): WholeResponse {
    return this.response(status, { 'x-amzn-errortype': type }, JSON.stringify(body));
  }

  #process(request: AppConfigDataRequest): WholeResponse {
    const { method = 'POST', path, service, hostLabel } = request;
    const call = `${service} ${hostLabel} ${method} ${path}`;
    if (call === 'appconfig appconfigdata POST /configurationsessions') return this.#start(request);
    if (call === 'appconfig appconfigdata GET /configuration') return this.#latest(request);
    return this.failure(403, 'UnrecognizedClientException');
  }

  #start({ region, body, headers }: AppConfigDataRequest): WholeResponse {
    const session: Readonly<Record<string, unknown>> = JSON.parse(new TextDecoder().decode(body));
    const {
      ApplicationIdentifier: application,
      EnvironmentIdentifier: environment,
      ConfigurationProfileIdentifier: profile,
      RequiredMinimumPollIntervalInSeconds: minimum = 60,
      ...others
    } = session;
    const isJson = headers.some(([name, value]) => name === 'content-type' && value === 'application/json');
    if (!isJson || Object.keys(others).length > 0) return this.failure(400, 'BadRequestException');
    if (typeof minimum !== 'number' || minimum < 15 || minimum > 86_400) {
      return this.failure(400, 'BadRequestException');
    }
    const place = [region, application, environment, profile].join('/');
    if (!this.#deployments.has(place)) return this.#notFound();
    const token = this.#issue({ place, pauseSeconds: minimum, notBefore: 0, version: 0 });
    return this.response(201, {}, JSON.stringify({ InitialConfigurationToken: token }));
  }

  #latest({ query = [] }: AppConfigDataRequest): WholeResponse {
    const text = query.find(([name]) => name === 'configuration_token')?.[1] ?? '';
    const token = this.#tokens.get(text);
    const now = this.#clock.now();
    if (token === undefined) return this.#badToken('Corrupted');
    if (now - token.issuedAt > DAY_MS) return this.#badToken('Expired');
    if (now < token.notBefore) return this.#badToken('PollIntervalNotSatisfied');
    const { place, pauseSeconds } = token;
    const deployment = this.#deployments.get(place);
    if (deployment === undefined) return this.#notFound();
    this.#tokens.delete(text);
    const { version, bytes, mediaType } = deployment;
    const next = this.#issue({ place, pauseSeconds, notBefore: now + pauseSeconds * 1000, version });
    const isChanged = version !== token.version;
    if (isChanged) this.receives += 1;
    const headers = {
      'next-poll-configuration-token': next,
      'next-poll-interval-in-seconds': String(pauseSeconds),
      'content-type': mediaType,
    };
    return this.response(200, headers, isChanged ? bytes : '');
  }

  #issue(token: Omit<IssuedToken, 'issuedAt'>): string {
    this.#issued += 1;
    const text = `token/${this.#issued}+=`;
    this.#tokens.set(text, { ...token, issuedAt: this.#clock.now() });
    return text;
  }

  #badToken(problem: string): WholeResponse {
    const details = { InvalidParameters: { ConfigurationToken: { Problem: problem } } };
    return this.failure(400, 'BadRequestException', {
      Message: 'Token not valid',
      Reason: 'InvalidParameters',
      Details: details,
    });
  }

  #notFound(): WholeResponse {
    return this.failure(404, 'ResourceNotFoundException', { ResourceType: 'Configuration' });
  }
}
