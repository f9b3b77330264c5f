import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { LogLevel } from '../../ports/outbound/logger.ts';
import type { CredentialsEndpoint } from '../aws/credentials/endpoint-credentials.ts';
import type { ProxySettings } from '../aws/http-client/proxy-tunnel.ts';

/** All that the environment and `cache.yaml` say, checked and with the defaults filled in. Times in milliseconds, sizes in bytes. */
export interface Settings {
  readonly tables: readonly TableSpec[];
  readonly port: number;
  /** Whether the store is filled before the first invocation. */
  readonly preload: boolean;
  readonly preloadTimeoutMs: number;
  /** One read from the source, retries included. */
  readonly timeoutMs: number;
  /** Bound of the store. */
  readonly maxBytes: number;
  readonly maxItems?: number;
  /** The part of `maxBytes` that known absences may take. */
  readonly maxAbsenceBytes: number;
  /** URL and headers of one request together. */
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** Calls to the source at the same time. */
  readonly maxSourceReads: number;
  /** Calls to the source that may wait for their turn. */
  readonly maxWaitingReads: number;
  /** The sum of the request bodies that are held until they are answered. */
  readonly maxPendingBodyBytes: number;
  /** Upstream endpoint; absent where it is the region's. */
  readonly dynamoDbEndpoint?: string;
  /** Absent where AWS is called directly. */
  readonly proxy?: ProxySettings;
  /** The function's region. */
  readonly region?: string;
  /** Whether the typed form is kept from the start, because SDKs are pointed at this server. */
  readonly keepsTypedForm: boolean;
  /** For how long after a write through this server what was written is read consistently. */
  readonly writeWindowMs: number;
  /** What requests must carry, if set. */
  readonly token?: string;
  readonly metrics: 'none' | 'emf';
  readonly logLevel: LogLevel;
  readonly functionName?: string;
  /** Whether Lambda makes copies of the process after its start (SnapStart), each of which goes on by itself. */
  readonly isSnapshotted: boolean;
  /** Where Lambda gives out credentials; absent where the AWS SDK finds them by itself. */
  readonly credentialsEndpoint?: CredentialsEndpoint;
}

/** The environment or `cache.yaml` is wrong. Carries all that is wrong, not only the first of it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One line each: where, what was given, what is allowed. */
  readonly problems: readonly string[];

  /** @param path of the file that names the tables, if it is not in its usual place */
  constructor(problems: readonly string[], path = 'cache.yaml') {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const next = `Next: correct this, then check the file with: npx dynamodb-cache-extension validate ${path}`;
    super([`${count} with the settings:`, ...problems, next].join('\n'));
    this.problems = problems;
  }
}
