import type { Duration, Size } from 'aws-cdk-lib';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { BOOLEAN, DURATION, NUMBER, SECRET_TEXT, SIZE, TEXT, type ValueKind } from './value-kind.ts';

/** The settings of the extension, `CACHE_EXTENSION_…` in the environment; what is left out has its stated default. */
export interface CacheSettings {
  /** How long an item is fresh; 60 minutes. */
  readonly ttl?: Duration;
  /** How long the absence of an item is remembered; 10 seconds. */
  readonly negativeTtl?: Duration;
  /** How long after expiry an item is answered at once while it is read again behind; not at all. */
  readonly staleWhileRevalidate?: Duration;
  /** How long after expiry an item is answered if DynamoDB fails in passing; 1 hour. */
  readonly staleIfError?: Duration;
  /** Whether the cache is filled before the first invocation; false. Scans are allowed only where it is true. */
  readonly initStartup?: boolean;
  /** The whole preload; 8 seconds. */
  readonly preloadTimeout?: Duration;
  /** One read from DynamoDB, retries included; 2 seconds. */
  readonly timeout?: Duration;
  /** Port on loopback; 4000. */
  readonly port?: number;
  /** Bound of the cache; an eighth of the function's memory, from 8 MiB to 512 MiB. */
  readonly maxBytes?: Size;
  /** Bound of the number of entries; none. */
  readonly maxItems?: number;
  /** The part of the bound that known absences may take; a sixteenth. */
  readonly maxAbsenceBytes?: Size;
  /** URL and headers of a request; 16 KiB. */
  readonly maxHeaderBytes?: Size;
  /** Connections at the same time; 256. */
  readonly maxConnections?: number;
  /** Calls to DynamoDB at the same time; 50. */
  readonly maxUpstreamReads?: number;
  /** Calls that may wait for their turn; 1000. */
  readonly maxWaitingReads?: number;
  /** Request bodies of the endpoint for SDKs that are held at the same time; a quarter of the cache's bound, at least 32 MiB. */
  readonly maxPendingBodyBytes?: Size;
  /** How long after a write through the endpoint for SDKs memory is filled by consistent reads only; 10 seconds. */
  readonly writeWindow?: Duration;
  /** URL of DynamoDB; that of the region. */
  readonly dynamoDbEndpoint?: string;
  /** URL of an HTTP proxy for calls to DynamoDB, or `environment` for that of `HTTPS_PROXY` and `NO_PROXY`; none. */
  readonly httpsProxy?: string;
  /** What requests must carry in `X-Aws-Parameters-Secrets-Token`; nothing. */
  readonly token?: string;
  /** Where figures are published; `none`. */
  readonly metrics?: 'none' | 'emf';
  /** The least of what is logged; `warn`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'none';
}

/** Every variable but the one that the construct itself sets. */
type SettingName = Exclude<keyof typeof VARIABLES, 'config'>;

/** What each setting takes. */
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
  maxUpstreamReads: NUMBER,
  maxWaitingReads: NUMBER,
  maxPendingBodyBytes: SIZE,
  writeWindow: DURATION,
  dynamoDbEndpoint: TEXT,
  httpsProxy: SECRET_TEXT,
  token: SECRET_TEXT,
  metrics: TEXT,
  logLevel: TEXT,
} satisfies Record<SettingName, ValueKind>;

/** The environment variables for `settings`, by name. */
export const environmentOf = (settings: CacheSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([name, variable]) => {
      const value = isSettingName(name) ? SETTING_KINDS[name].write(settings[name]) : undefined;
      return value === undefined ? [] : [[variable, value]];
    }),
  );

const isSettingName = (name: string): name is SettingName => name in SETTING_KINDS;
