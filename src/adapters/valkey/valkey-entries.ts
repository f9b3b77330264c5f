import { Cluster, Command, Redis, type RedisOptions } from 'iovalkey';
import {
  type CacheError,
  SourceConnectionError,
  SourceRefusedError,
  SourceUnavailableError,
} from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { SharedEntries, SharedEntry } from '../../ports/outbound/shared-entries.ts';
import { GuardedConnector } from './guarded-connector.ts';
import { checkedSlotMap, UnusableReplyError } from './reply-guard.ts';

// The library throws outside of its promises if the answer is malformed. This applies to all of its clients in the process;
// CLUSTER SLOTS is the only CLUSTER command that is sent.
Command.setReplyTransformer('cluster', checkedSlotMap);

/** Where a server of Valkey or Redis is, and how to log in. */
export interface ValkeyAddress {
  readonly host: string;
  readonly port: number;
  readonly hasTls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Whether the server is addressed in cluster mode, in which it redirects to the node of each key. */
  readonly isCluster: boolean;
}

const CONNECT_TIMEOUT_MS = 1_000;
/** After this time, a connection that is closed no longer waits for the server. */
const DISCONNECT_TIMEOUT_MS = 100;

/** Twice as many as a cluster should have at most. */
const MAX_ADDED_NODES = 2_000;

/** How often one command is redirected. A cluster that is in order redirects once. */
const MAX_REDIRECTIONS = 4;

/** After a longer pause, connections may be dead: servers and networks close idle ones, and a frozen process does not notice. */
const IDLE_MS = 30_000;

/** What to do, by the error of the server. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['MOVED', 'it is in cluster mode, so add ?cluster=true to the URL'],
  ['NOAUTH', 'check user and password in the URL'],
  ['WRONGPASS', 'check user and password in the URL'],
]);

type Client = Redis | Cluster;

/** What other environments have read, in a server of Valkey or Redis. A broken connection is replaced by the next call. */
export class ValkeyEntries implements SharedEntries {
  readonly #address: ValkeyAddress;
  readonly #clock: Clock;
  #client: Client | undefined;
  #connected: Promise<Client> | undefined;
  #usedAt = { wall: 0, monotonic: 0 };
  /** Why connections of a client were closed, if it was the fault of a reply. */
  readonly #unusable = new WeakMap<Client, UnusableReplyError>();

  constructor(address: ValkeyAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  async getMany(names: readonly string[], signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[]> {
    // One command for each: in cluster mode, names of different slots cannot be read by one.
    const values = await this.#run(signal, (client) =>
      Promise.all(names.map((name) => client.getBuffer(name))),
    );
    return values.map((value: unknown) => {
      if (value === null || value instanceof Uint8Array) return value ?? undefined;
      // What follows on the connection may belong to other calls.
      this.dropConnections();
      throw new SourceUnavailableError(
        'an answer is no value: the server is not Valkey or Redis, or is broken',
      );
    });
  }

  async setMany(entries: readonly SharedEntry[], signal: AbortSignal): Promise<void> {
    await this.#run(signal, (client) =>
      Promise.all(
        entries.map(({ name, bytes, lifetimeMs }) =>
          client.set(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'PX', lifetimeMs),
        ),
      ),
    );
  }

  open(): void {
    // The next call reports what fails now.
    void this.#connect().catch(ignore);
  }

  dropConnections(): void {
    this.#client?.disconnect();
    this.#client = undefined;
    this.#connected = undefined;
  }

  async #run<Result>(signal: AbortSignal, act: (client: Client) => Promise<Result>): Promise<Result> {
    this.#dropIdle();
    // A connection that takes longer than this call is there for the next one.
    const client = await orAborted(this.#connect(), signal);
    try {
      return await orAborted(act(client), signal);
    } catch (error) {
      if (!isReply(error)) this.#drop(client);
      throw signal.aborted ? error : this.#asCacheError(this.#unusable.get(client) ?? error);
    }
  }

  #connect(): Promise<Client> {
    this.#connected ??= this.#newConnection();
    return this.#connected;
  }

  async #newConnection(): Promise<Client> {
    const client = clientOf(this.#address);
    this.#client = client;
    // A connection of `open` ages before the first call.
    this.#usedAt = this.#instant();
    let cause: unknown;
    const blame = (error: unknown) => {
      if (error instanceof UnusableReplyError) this.#unusable.set(client, error);
      cause ??= error;
    };
    client.on('error', blame);
    client.on('end', () => this.#drop(client));
    if (client instanceof Cluster) this.#watchNodes(client, blame);
    try {
      await client.connect();
      return client;
    } catch (error) {
      this.#drop(client);
      throw this.#asCacheError(cause ?? error);
    }
  }

  #watchNodes(client: Cluster, blame: (error: unknown) => void): void {
    let added = 0;
    client.on('node error', blame);
    client.on('+node', (node: Redis) => {
      // The library prints the errors of a node that has left the cluster, unless someone listens.
      node.on('error', ignore);
      // It does not handle a failure of this command, which it sends before a command that was redirected.
      const asking = node.asking.bind(node);
      Object.assign(node, { asking: () => void asking().catch(ignore) });
      added += 1;
      // It keeps the address of each node that was ever named.
      if (added > MAX_ADDED_NODES) this.#drop(client);
    });
  }

  #drop(client: Client): void {
    client.disconnect();
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#connected = undefined;
  }

  #dropIdle(): void {
    const now = this.#instant();
    const pauseMs = Math.max(now.wall - this.#usedAt.wall, now.monotonic - this.#usedAt.monotonic);
    this.#usedAt = now;
    if (pauseMs > IDLE_MS) this.dropConnections();
  }

  #instant() {
    return { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }

  /** Without the cause: errors of the library name commands with their arguments, of which one is the password. */
  #asCacheError(error: unknown): CacheError {
    const place = `${this.#address.host}:${this.#address.port}`;
    if (isReply(error)) {
      const [, word = 'unknown'] = /^([A-Z]{1,32})(?: |$)/.exec(error.message) ?? [];
      const advice = ADVICE.get(word);
      return new SourceRefusedError(
        `${place} answered with the error ${word}${advice === undefined ? '' : `: ${advice}`}`,
      );
    }
    if (error instanceof UnusableReplyError)
      return new SourceUnavailableError(
        `${place} answers with nonsense (${error.message}): it is not Valkey or Redis, or is broken`,
      );
    const code = codeOf(error);
    if (code !== undefined) return new SourceConnectionError(`no connection to ${place} (${code})`);
    return new SourceUnavailableError(`the connection to ${place} was lost`);
  }
}

const ignore = (): void => undefined;

const clientOf = ({ host, port, hasTls, username, password, isCluster }: ValkeyAddress): Client => {
  const options: RedisOptions = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(hasTls ? { tls: {} } : {}),
    Connector: GuardedConnector,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableReadyCheck: false,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
  if (!isCluster)
    return new Redis({
      ...options,
      host,
      port,
      lazyConnect: true,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
  return new Cluster([{ host, port }], {
    redisOptions: options,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRedirections: MAX_REDIRECTIONS,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    clusterRetryStrategy: () => null,
    // Certificates name hosts, not addresses.
    dnsLookup: (address, callback) => callback(null, address),
  });
};

const orAborted = <Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

/** Whether the server answered with an error. */
const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
