import type { Duration, Size } from 'aws-cdk-lib';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { BOOLEAN, DURATION, NUMBER, SECRET_TEXT, SIZE, TEXT, type ValueKind } from './value-kind.ts';

/** The settings of the extension, which become `CACHE_EXTENSION_…` environment variables. An omitted setting has its default. */
export interface CacheSettings {
  /** How long an item is fresh. Default: 60 minutes. */
  readonly ttl?: Duration;
  /** How long the absence of an item is cached. Default: 10 seconds. */
  readonly negativeTtl?: Duration;
  /** How long after expiry an item may be served while it is refreshed in the background. Default: disabled. */
  readonly staleWhileRevalidate?: Duration;
  /** How long after expiry an item may be served while DynamoDB is temporarily failing. Default: 1 hour. */
  readonly staleIfError?: Duration;
  /** Whether the cache is preloaded before the first invocation. The role may scan tables only if it is true. Default: false. */
  readonly initStartup?: boolean;
  /** Time limit of the whole preload. Default: 8 seconds. */
  readonly preloadTimeout?: Duration;
  /** Time limit of one read from DynamoDB, retries included. Default: 2 seconds. */
  readonly timeout?: Duration;
  /** Port on loopback. Default: 4000. */
  readonly port?: number;
  /** Memory limit of the cache. Default: an eighth of the function's memory, from 8 MiB to 512 MiB. */
  readonly maxBytes?: Size;
  /** Maximum number of entries. Default: unlimited. */
  readonly maxItems?: number;
  /** The part of `maxBytes` that negative entries may take. Default: a sixteenth. */
  readonly maxAbsenceBytes?: Size;
  /** Maximum size of the URL and headers of a request. Default: 16 KiB. */
  readonly maxHeaderBytes?: Size;
  /** Maximum number of concurrent connections. Default: 256. */
  readonly maxConnections?: number;
  /** Whether plain GETs of items are answered without the HTTP server of the runtime. Default: true. */
  readonly rawListener?: boolean;
  /** Maximum number of concurrent calls to DynamoDB. Default: 50. */
  readonly maxUpstreamReads?: number;
  /** Maximum number of queued calls to DynamoDB. Default: 1000. */
  readonly maxWaitingReads?: number;
  /** Memory limit of all request bodies that the endpoint for SDKs holds. Default: a quarter of `maxBytes`, at least 32 MiB. */
  readonly maxPendingBodyBytes?: Size;
  /** How long after a write through the endpoint for SDKs, or a `DELETE`, the cache uses only consistent reads. Default: 10 seconds. */
  readonly writeWindow?: Duration;
  /** When writes of other environments are seen: `ttl`, `invocation`, or a Go duration such as `1s`. Default: `ttl`. */
  readonly coherence?: string;
  /** Name of the journal table in the region of the functions. The property `journal` of the construct sets it. Default: none. */
  readonly journalTable?: string;
  /** Among how many items of the journal the keys of one table are distributed, 1 to 16. Default: 4. */
  readonly journalPages?: number;
  /**
   * URL of a server of Valkey or Redis in which environments share what they read. Needs a journal and a coherence. It may contain
   * a password, so a dynamic reference to a secret is better than a literal. Default: none.
   */
  readonly tierUrl?: string;
  /** URL of DynamoDB. Default: the region's endpoint. */
  readonly dynamoDbEndpoint?: string;
  /** URL of Systems Manager (Parameter Store). Default: the region's endpoint. */
  readonly ssmEndpoint?: string;
  /** URL of Secrets Manager. Default: the region's endpoint. */
  readonly secretsManagerEndpoint?: string;
  /** URL of AppConfig's data service. Default: the region's endpoint. */
  readonly appConfigDataEndpoint?: string;
  /** URL of STS, which issues the credentials of roles. Default: the region's endpoint. */
  readonly stsEndpoint?: string;
  /** The extensions of AWS whose protocols are served on their own ports: `parameters-and-secrets`, `appconfig`, or both with a comma between. Default: none. */
  readonly compatibility?: string;
  /** The services besides DynamoDB whose SDKs the wrapper points at the extension: `ssm`, `secretsmanager`, or both with a comma between. Default: none. */
  readonly sdkEndpoints?: string;
  /** Whether failures on the port of AWS's Parameters and Secrets extension have a status and JSON that say why. Default: false. */
  readonly typedErrors?: boolean;
  /** URL of an HTTP proxy for calls to AWS, or `environment` to use `HTTPS_PROXY` and `NO_PROXY`. Default: none. */
  readonly httpsProxy?: string;
  /** The token that requests must send in `X-Aws-Parameters-Secrets-Token`. Default: none required. */
  readonly token?: string;
  /** Where metrics are published. Default: `none`. */
  readonly metrics?: 'none' | 'emf';
  /** The lowest level that is logged. Default: `warn`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'none';
}

/** The construct itself sets the variable `config`. */
type SettingName = Exclude<keyof typeof VARIABLES, 'config'>;

/** The kind of value of each setting. */
export const SETTING_KINDS: Readonly<Record<keyof CacheSettings, ValueKind>> = {
  ttl: DURATION,
  negativeTtl: DURATION,
  staleWhileRevalidate: DURATION,
  staleIfError: DURATION,
  initStartup: BOOLEAN,
  preloadTimeout: DURATION,
  timeout: DURATION,
  port: NUMBER,
  maxBytes: SIZE,
  maxItems: NUMBER,
  maxAbsenceBytes: SIZE,
  maxHeaderBytes: SIZE,
  maxConnections: NUMBER,
  rawListener: BOOLEAN,
  maxUpstreamReads: NUMBER,
  maxWaitingReads: NUMBER,
  maxPendingBodyBytes: SIZE,
  writeWindow: DURATION,
  coherence: TEXT,
  journalTable: TEXT,
  journalPages: NUMBER,
  tierUrl: SECRET_TEXT,
  dynamoDbEndpoint: TEXT,
  ssmEndpoint: TEXT,
  secretsManagerEndpoint: TEXT,
  appConfigDataEndpoint: TEXT,
  stsEndpoint: TEXT,
  compatibility: TEXT,
  sdkEndpoints: TEXT,
  typedErrors: BOOLEAN,
  httpsProxy: SECRET_TEXT,
  token: SECRET_TEXT,
  metrics: TEXT,
  logLevel: TEXT,
} satisfies Record<SettingName, ValueKind>;

/** Returns the environment variables for `settings`, by name. */
export const environmentOf = (settings: CacheSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([name, variable]) => {
      const value = isSettingName(name) ? SETTING_KINDS[name].write(settings[name]) : undefined;
      return value === undefined ? [] : [[variable, value]];
    }),
  );

const isSettingName = (name: string): name is SettingName => name in SETTING_KINDS;
