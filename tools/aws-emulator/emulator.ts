import { ConfigurationService } from './configuration-service.ts';
import { ConfigurationStore } from './configuration-store.ts';
import { AwsError } from './errors.ts';
import { Faults } from './faults.ts';
import { parameterService } from './parameter-operations.ts';
import { ParameterStore } from './parameter-store.ts';
import { secretService } from './secret-operations.ts';
import { SecretStore } from './secret-store.ts';
import { Account, type AwsService, type ServiceCall, UNKNOWN_OPERATION } from './service.ts';
import { type AwsCredentials, verifySignature } from './signature.ts';
import { type WireReply, type WireRequest, WireServer } from './wire.ts';

export interface AwsEmulatorOptions {
  /** Requests must be signed with these. */
  readonly credentials: AwsCredentials;
  /** `eu-west-1` by default. */
  readonly region?: string;
  /** `123456789012` by default. */
  readonly accountId?: string;
  /** The time of the services, in milliseconds since the epoch: dates, tokens, throttling. `Date.now` by default. */
  readonly clock?: () => number;
  /** The time that signatures are compared with; by default the same clock. Use `Date.now` with clients that do. */
  readonly signingClock?: () => number;
}

/** A request that the emulator received, whatever its answer was. */
export interface ReceivedCall {
  /** Undefined if it is not for any of the services. */
  readonly service: AwsService['name'] | undefined;
  readonly operation: string | undefined;
  /** The body if it is JSON, or the parameters of the query. */
  readonly input: unknown;
  /** In milliseconds since the epoch, by the emulator's clock. */
  readonly at: number;
}

/** The requests since the start, or since the last `clear`. */
export class CallLog {
  readonly #calls: ReceivedCall[] = [];

  get all(): readonly ReceivedCall[] {
    return this.#calls;
  }

  /** The requests of one operation. */
  of(operation: string): readonly ReceivedCall[] {
    return this.#calls.filter((call) => call.operation === operation);
  }

  add(call: ReceivedCall): void {
    this.#calls.push(call);
  }

  clear(): void {
    this.#calls.length = 0;
  }
}

/** Parameter Store, Secrets Manager and AppConfigData of one account and region. Made by `startAwsEmulator`. */
export class AwsEmulator {
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly configurations: ConfigurationStore;
  readonly faults: Faults;
  readonly calls = new CallLog();
  readonly #account: Account;
  readonly #signingClock: () => number;
  readonly #services: readonly AwsService[];
  #server: WireServer | undefined;

  constructor(options: AwsEmulatorOptions) {
    const { credentials, region = 'eu-west-1', accountId = '123456789012', clock = Date.now } = options;
    this.faults = new Faults(credentials, clock);
    this.#account = new Account(region, accountId, this.faults, clock);
    this.#signingClock = options.signingClock ?? clock;
    this.parameters = new ParameterStore(this.#account);
    this.secrets = new SecretStore(this.#account);
    this.configurations = new ConfigurationStore(this.#account);
    this.#services = [
      parameterService(this.#account, this.parameters, this.secrets),
      secretService(this.#account, this.secrets),
      new ConfigurationService(this.#account, this.configurations),
    ];
  }

  /** The endpoint of all three services. */
  get url(): string {
    if (!this.#server) throw new Error('the emulator is not listening');
    return this.#server.url;
  }

  async listen(): Promise<void> {
    this.#server = await WireServer.listen((request) => this.answer(request));
  }

  /** Closes the port and all connections. */
  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** Answers a request that a server of the caller's own received. Never rejects. */
  async answer(request: WireRequest): Promise<WireReply> {
    const { service, call } = this.#recognized(request);
    this.calls.add({ service: service?.name, ...call, at: this.#account.now() });
    if (!service) return UNKNOWN_OPERATION;
    try {
      return await this.#answered(service, call, request);
    } catch (error) {
      if (error instanceof AwsError) return service.refuse(error);
      const text = error instanceof Error ? error.stack : error;
      return {
        status: 500,
        headers: { 'Content-Type': 'text/plain' },
        body: `defect of the emulator: ${text}`,
      };
    }
  }

  #recognized(request: WireRequest): { readonly service?: AwsService; readonly call: ServiceCall } {
    for (const service of this.#services) {
      const call = service.recognize(request);
      if (call) return { service, call };
    }
    return { call: { operation: undefined, input: undefined } };
  }

  async #answered(service: AwsService, call: ServiceCall, request: WireRequest): Promise<WireReply> {
    verifySignature(request, {
      region: this.#account.region,
      service: service.signingName,
      now: this.#signingClock(),
      ...this.faults.signing,
    });
    const { reply, cut } = await this.faults.apply(`${service.signingName}:${call.operation ?? ''}`);
    if (reply) return reply;
    // A request whose answer gets lost has been carried out.
    const answer = service.answer(call, request);
    return cut === undefined ? answer : { ...answer, cut };
  }
}

/**
 * Starts the emulator on a free port of 127.0.0.1.
 *
 * @example
 * const aws = await startAwsEmulator({ credentials: { accessKeyId: 'key', secretAccessKey: 'secret' } });
 * aws.parameters.put('/app/x', { value: 'v' });
 * const ssm = new SSMClient({ endpoint: aws.url, region: 'eu-west-1', credentials });
 * await aws.close();
 */
export async function startAwsEmulator(options: AwsEmulatorOptions): Promise<AwsEmulator> {
  const emulator = new AwsEmulator(options);
  await emulator.listen();
  return emulator;
}
