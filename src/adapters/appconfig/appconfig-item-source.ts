import { configurationNameOf } from '../../domain/appconfig/configuration-name.ts';
import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ItemSource, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import { type RoleSigners, signerOf } from '../aws/credentials/credentials.ts';
import { AppConfigData, type AppConfigDataClient, type SessionRequest } from './appconfig-data.ts';
import { ConfigurationSession } from './configuration-session.ts';

/** How the configurations of a group are polled. */
export interface ConfigurationGroup {
  readonly name: string;
  /** The time between two polls, in milliseconds: the TTL of the group. */
  readonly pollIntervalMs: number;
  /** Absent: the region of the function. */
  readonly region?: string | undefined;
  /** Absent: the function signs as itself. */
  readonly role?: AssumedRole | undefined;
}

export interface AppConfigItemSourceParts {
  readonly client: AppConfigDataClient;
  readonly clock: Clock;
  readonly groups: readonly ConfigurationGroup[];
  /** The region of groups that name none. */
  readonly region?: string | undefined;
  /** Finds the credentials of groups that name a role. Absent: such groups are refused. */
  readonly roleCredentials?: RoleSigners | undefined;
}

/** More than one function uses. A session that was ended costs one receive when its configuration is read again. */
const MAX_SESSIONS = 1_024;
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** Reads configurations of AppConfig by polling: one session for each key. */
export class AppConfigItemSource implements ItemSource {
  readonly #service: AppConfigData;
  readonly #clock: Clock;
  readonly #groups: ReadonlyMap<string, ConfigurationGroup>;
  readonly #region: string | undefined;
  readonly #roles: RoleSigners | undefined;
  /** By the text of the key; the latest used last. */
  readonly #sessions = new Map<string, ConfigurationSession>();

  constructor({ client, clock, groups, region, roleCredentials }: AppConfigItemSourceParts) {
    this.#service = new AppConfigData(client);
    this.#clock = clock;
    this.#groups = new Map(groups.map((group) => [group.name, group]));
    this.#region = region;
    this.#roles = roleCredentials;
  }

  /** `askedAt` is earlier than the call if AppConfig does not accept another poll yet. */
  async read(key: EntryKey, { signal }: ReadOptions): Promise<SourceAnswer> {
    return { key, ...(await this.#sessionOf(key).read(signal)) };
  }

  dropConnections(): void {
    this.#service.dropConnections();
  }

  #sessionOf(key: EntryKey): ConfigurationSession {
    const session = this.#sessions.get(key.text) ?? this.#newSession(key);
    this.#sessions.delete(key.text);
    this.#endSurplus();
    this.#sessions.set(key.text, session);
    return session;
  }

  #newSession(key: EntryKey): ConfigurationSession {
    const group = this.#groups.get(key.group);
    if (group === undefined) throw new RangeError('the group of the key is not one of this source');
    const region = group.region ?? this.#region;
    if (region === undefined) {
      throw new SourceRefusedError(
        'the region of the configuration is unknown: set region in the configuration, or AWS_REGION',
      );
    }
    return new ConfigurationSession({
      service: this.#service,
      clock: this.#clock,
      request: sessionRequest(key, group),
      scope: { region, credentials: group.role && signerOf(group.role, this.#roles) },
      role: group.role,
      subject: 'a configuration',
    });
  }

  /** Ends the idle sessions that were not used for the longest time, until there is room for another one. */
  #endSurplus(): void {
    let keptBytes = 0;
    for (const session of this.#sessions.values()) keptBytes += session.keptBytes;
    for (const [text, session] of this.#sessions) {
      if (this.#sessions.size < MAX_SESSIONS && keptBytes <= MAX_KEPT_BYTES) return;
      if (!session.isIdle) continue;
      keptBytes -= session.keptBytes;
      this.#sessions.delete(text);
    }
  }
}

/** The service's own minimum, which applies without a request for a shorter one. */
const DEFAULT_MINIMUM_MS = 60_000;
const LOWEST_MINIMUM_SECONDS = 15;

/**
 * The share of the interval after which a poll must be possible. Entries are refreshed in the background in the last tenth
 * of their lifetime, which is up to a tenth shorter than the interval.
 */
const EARLIEST_SHARE = 0.8;

const sessionRequest = (key: EntryKey, { pollIntervalMs }: ConfigurationGroup): SessionRequest => {
  const { application, environment, profile } = configurationNameOf(key);
  const names = {
    ApplicationIdentifier: application,
    EnvironmentIdentifier: environment,
    ConfigurationProfileIdentifier: profile,
  };
  const earliestMs = pollIntervalMs * EARLIEST_SHARE;
  if (earliestMs >= DEFAULT_MINIMUM_MS) return names;
  const seconds = Math.max(LOWEST_MINIMUM_SECONDS, Math.floor(earliestMs / 1000));
  return { ...names, RequiredMinimumPollIntervalInSeconds: seconds };
};
