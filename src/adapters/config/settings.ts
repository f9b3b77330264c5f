import type { Coherence } from '../../domain/cache/coherence.ts';
import type { Lifetimes } from '../../domain/cache/ttl-policy.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { LogLevel } from '../../ports/outbound/logger.ts';
import type { CredentialsEndpoint } from '../aws/credentials/endpoint-credentials.ts';
import type { ProxySettings } from '../aws/http-client/proxy-tunnel.ts';
import type { SectionValues } from './cache-yaml/yaml-section.ts';
import type { AppConfigAgentVariables } from './environment/appconfig-agent.ts';
import type { ParametersSecretsVariables } from './environment/parameters-secrets-extension.ts';
import type { CompatibleListener } from './environment/variable-names.ts';

/** All settings from the environment and `cache.yaml`, validated, with defaults. Times in milliseconds, sizes in bytes. */
export interface Settings extends SectionValues {
  readonly tables: readonly TableSpec[];
  /** How long entries live that `cache.yaml` gives no lifetimes. */
  readonly lifetimes: Lifetimes;
  /** The coherence of tables to which `cache.yaml` gives none; absent: `ttl`. */
  readonly coherence?: Coherence;
  /** Where writes are announced to other environments; absent if they are not. */
  readonly journal?: JournalSettings;
  /** Where environments share what they read; absent if they do not. */
  readonly tier?: TierSettings;
  readonly port: number;
  /** The extensions of AWS whose protocols are served as well, with the port of each. */
  readonly compatible: ReadonlyMap<CompatibleListener, number>;
  /** Whether to preload before the first invocation. */
  readonly preload: boolean;
  /** Whether nothing but the configurations in the prefetch list of AWS's AppConfig Agent is preloaded; default false. */
  readonly prefetchesOnly?: boolean;
  readonly preloadTimeoutMs: number;
  /** Longest time for which the preload may delay the first invocation; absent: `preloadTimeoutMs`. */
  readonly maxPreloadHoldMs?: number;
  /** Time-out of one read from the source, retries included. */
  readonly timeoutMs: number;
  /** Bound of the store. */
  readonly maxBytes: number;
  readonly maxItems?: number;
  /** The part of `maxBytes` that negative entries may take. */
  readonly maxAbsenceBytes: number;
  /** Most bytes of URL and headers of one request. */
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** Whether plain GETs are answered below the HTTP server; default true. */
  readonly rawListener?: boolean;
  /** Most concurrent calls to the source. */
  readonly maxSourceReads: number;
  /** Most calls to the source that wait. */
  readonly maxWaitingReads: number;
  /** Most bytes of request bodies that are buffered until they are answered. */
  readonly maxPendingBodyBytes: number;
  /** Upstream endpoint of DynamoDB; if absent, the endpoint of the region. */
  readonly dynamoDbEndpoint?: string;
  /** Upstream endpoints of other services, by the first label of their hosts, such as `ssm`. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Absent if AWS is called directly. */
  readonly proxy?: ProxySettings;
  /** The function's region. */
  readonly region?: string;
  /** Whether typed JSON is stored from the start, because SDKs use this server as their endpoint. */
  readonly keepsTypedForm: boolean;
  /** The services besides DynamoDB whose SDKs do, such as `ssm`; absent if no other service has. */
  readonly sdkServices?: readonly string[];
  /** The variables of AWS's Parameters and Secrets extension; absent if it is not replaced. */
  readonly parametersSecretsExtension?: ParametersSecretsVariables;
  /** The variables of AWS's AppConfig Agent extension; absent if it is not replaced. */
  readonly appConfigAgent?: AppConfigAgentVariables;
  /** Whether failures on the port of AWS's Parameters and Secrets extension say why in status and body. */
  readonly hasTypedErrors: boolean;
  /** How long reads of an item are strongly consistent after a write through this server. */
  readonly writeWindowMs: number;
  /** The token that requests must send; absent if none is required. */
  readonly token?: string;
  /** Requests for secrets must send one of these tokens. If the list is empty, all are rejected. */
  readonly secretTokens: readonly string[];
  readonly metrics: 'none' | 'emf';
  readonly logLevel: LogLevel;
  readonly functionName?: string;
  /** Whether Lambda takes a snapshot of the started process and restores it several times (SnapStart). */
  readonly isSnapshotted: boolean;
  /** Lambda's credentials endpoint; absent if the AWS SDK resolves the credentials. */
  readonly credentialsEndpoint?: CredentialsEndpoint;
}

export interface JournalSettings {
  /** The name of a table in the function's region. */
  readonly table: string;
  /** Among how many items of it the keys of one scope are distributed. */
  readonly pages: number;
}

/** A server of Valkey or Redis. */
export interface TierSettings {
  readonly host: string;
  readonly port: number;
  readonly hasTls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Whether the server is in cluster mode. */
  readonly isCluster: boolean;
}

/** The environment or `cache.yaml` is invalid. Carries all problems, not only the first. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One line each: the position, the given value, the allowed values. */
  readonly problems: readonly string[];
  /** The path of `cache.yaml` if its contents have problems, so that `validate` helps. */
  readonly path: string | undefined;

  constructor(problems: readonly string[], advice: SettingsAdvice = {}) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${count} with the settings:`, ...problems, nextStep(advice)].join('\n'));
    this.problems = problems;
    this.path = advice.path;
  }
}

/** What the last line of a `SettingsError` recommends. */
export interface SettingsAdvice {
  /** The path of `cache.yaml` if its contents have problems. */
  readonly path?: string | undefined;
  /**
   * The command line of the program, for `validate`. Not `npx`: outside a folder where the package is installed, it would run a
   * package from the public registry.
   */
  readonly cli?: string | undefined;
  /** The command that starts the program again, to recommend instead of `validate`. */
  readonly restart?: string;
}

const nextStep = ({ path, cli = 'dynamodb-cache-extension', restart }: SettingsAdvice): string => {
  if (restart !== undefined) return `Next: correct this, then run: ${restart}`;
  return path === undefined
    ? 'Next: correct this, then start again (in Lambda: update the function)'
    : `Next: correct this, then check the file with: ${cli} validate ${path}`;
};
