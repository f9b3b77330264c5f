import { ConfigurationService } from './configuration-service.ts';
import { ConfigurationStore } from './configuration-store.ts';
import { AwsError } from './errors.ts';
import { Faults } from './faults.ts';
import { parameterService } from './parameter-operations.ts';
import { ParameterStore } from './parameter-store.ts';
import { secretService } from './secret-operations.ts';
import { RoleStore } from './role-store.ts';
import { SecretStore } from './secret-store.ts';
import { Account, type AwsService, type Caller, type ServiceCall, UNKNOWN_OPERATION } from './service.ts';
import { type AwsCredentials, verifySignature } from './signature.ts';
import { TokenService } from './token-service.ts';
import { headerOf, type WireReply, type WireRequest, WireServer } from './wire.ts';

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
  /** The id of the key in its signature, which need not be valid. */
  readonly accessKeyId: string | undefined;
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

/** What one account has. */
export class EmulatedAccount {
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly configurations: ConfigurationStore;
  /** The services as callers of this account find them. */
  readonly services: readonly AwsService[];

  constructor(account: Account, roles: RoleStore) {
    this.parameters = new ParameterStore(account);
    this.secrets = new SecretStore(account);
    this.configurations = new ConfigurationStore(account);
    this.services = [
      parameterService(account, this.parameters, this.secrets),
      secretService(account, this.secrets),
      new ConfigurationService(account, this.configurations),
      new TokenService(account, roles),
    ];
  }
}

/**
 * Parameter Store, Secrets Manager, AppConfigData and STS of one region. Made by `startAwsEmulator`. The stores are those of
 * its own account; others are read with the credentials of a role.
 */
export class AwsEmulator {
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly configurations: ConfigurationStore;
  readonly roles: RoleStore;
  readonly faults: Faults;
  readonly calls = new CallLog();
  readonly #account: Account;
  readonly #accounts = new Map<string, EmulatedAccount>();
  readonly #signingClock: () => number;
  #server: WireServer | undefined;

  constructor(options: AwsEmulatorOptions) {
    const { credentials, region = 'eu-west-1', accountId = '123456789012', clock = Date.now } = options;
    this.faults = new Faults(credentials, clock);
    this.#account = new Account(region, accountId, this.faults, clock);
    this.#signingClock = options.signingClock ?? clock;
    this.roles = new RoleStore(accountId);
    ({
      parameters: this.parameters,
      secrets: this.secrets,
      configurations: this.configurations,
    } = this.account(accountId));
  }

  /** What an account has, at first nothing. */
  account(accountId: string): EmulatedAccount {
    const known = this.#accounts.get(accountId);
    if (known) return known;
    const { region, now } = this.#account;
    const created = new EmulatedAccount(new Account(region, accountId, this.faults, now), this.roles);
    this.#accounts.set(accountId, created);
    return created;
  }

  /** The endpoint of all services. */
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
    const reply = await this.#reply(request);
    // Clients that correct their clock must end with the time that their signatures are compared with.
    const date = new Date(this.#signingClock()).toUTCString();
    return { ...reply, headers: { Date: date, ...reply.headers } };
  }

  async #reply(request: WireRequest): Promise<WireReply> {
    const accessKeyId = accessKeyIn(request);
    const session = accessKeyId === undefined ? undefined : this.roles.sessionOf(accessKeyId);
    const caller = { accountId: session?.accountId ?? this.#account.accountId, session };
    const { service, call } = this.#recognized(request, caller);
    this.calls.add({ service: service?.name, ...call, at: this.#account.now(), accessKeyId });
    if (!service) return UNKNOWN_OPERATION;
    try {
      return await this.#answered(service, call, request, caller);
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

  #recognized(
    request: WireRequest,
    { accountId }: Caller,
  ): { readonly service?: AwsService; readonly call: ServiceCall } {
    for (const service of this.account(accountId).services) {
      const call = service.recognize(request);
      if (call) return { service, call };
    }
    return { call: { operation: undefined, input: undefined } };
  }

  async #answered(
    service: AwsService,
    call: ServiceCall,
    request: WireRequest,
    caller: Caller,
  ): Promise<WireReply> {
    const { session } = caller;
    verifySignature(request, {
      region: this.#account.region,
      service: service.signingName,
      now: this.#signingClock(),
      find: (id) =>
        session
          ? { credentials: session.credentials, isExpired: session.expiresAt <= this.#account.now() }
          : this.faults.find(id),
    });
    const { reply, cut } = await this.faults.apply(`${service.signingName}:${call.operation ?? ''}`);
    if (reply) return reply;
    // A request whose answer gets lost has been carried out.
    const answer = service.answer(call, request, caller);
    return cut === undefined ? answer : { ...answer, cut };
  }
}

const accessKeyIn = (request: WireRequest): string | undefined =>
  /Credential=([^/,\s]+)\//.exec(headerOf(request, 'authorization') ?? '')?.[1];

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
