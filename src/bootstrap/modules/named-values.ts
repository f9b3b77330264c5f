import type { ValueProtocol, ValueSourceParts } from '../../adapters/aws/value-source.ts';
import { type ListedSettings, VALUE_TTL_MS } from '../../adapters/config/cache-yaml/cache-yaml-values.ts';
import type { ListedEntries } from '../../adapters/config/cache-yaml/yaml-section.ts';
import type { ValueServiceVariables } from '../../adapters/config/environment/parameters-secrets-extension.ts';
import type { Settings } from '../../adapters/config/settings.ts';
import type { AddressParser } from '../../adapters/http/items/item-query.ts';
import { JSON_KEY } from '../../adapters/http/items/json-key.ts';
import type { WireService } from '../../adapters/http/sdk-endpoint/wire-answer.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import { type Coherence, needsJournal } from '../../domain/cache/coherence.ts';
import { type Lifetimes, TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import { AWS_JSON, PARAMETERS_AND_SECRETS, VALUE } from '../../domain/named-values/value-bodies.ts';
import type { RegionOfGroup, ValueOperations } from '../../domain/named-values/value-operations.ts';
import type { ItemSource } from '../../ports/outbound/item-source.ts';
import type { Program } from '../components.ts';
import { DeferredOperations } from '../deferred.ts';
import { oncePerProgram, type SourceModule } from './source-module.ts';

/** An entry of `cache.yaml`, and the group that its values form. */
type GroupOf<Listed> = Listed & { readonly group: string };

/** One service of values that have names, such as parameters. */
export interface ValueService<Listed extends ListedSettings, Directory> {
  /** Names the settings, the groups and the route. */
  readonly name: 'parameters' | 'secrets';
  readonly protocol: ValueProtocol;
  readonly messageMember: WireService['messageMember'];
  readonly listedIn: (settings: Settings, defaults: Lifetimes) => ListedEntries<Listed> | undefined;
  readonly directory: (listed: readonly GroupOf<Listed>[], onDemandGroup: string | undefined) => Directory;
  readonly source: (
    parts: ValueSourceParts,
    directory: Directory,
    listed: readonly GroupOf<Listed>[],
  ) => ItemSource;
  readonly addresses: (directory: Directory) => AddressParser;
  readonly operations: (directory: Directory, regionOf: RegionOfGroup) => ValueOperations;
  /** What of an entry is preloaded, if its values are. */
  readonly preload: (entry: Listed, directory: Directory) => NonNullable<GroupParts['preload']>;
  /** The group of those values of a group that are not cached; absent if all are. */
  readonly uncachedGroup?: (group: string) => string;
  /** Another service whose values may refer to these, so that a write may change them as well. */
  readonly referredToBy?: Pick<NamedValues<unknown>, 'name' | 'groupNamesOf'>;
}

/** The values of one service, as far as other modules use them. */
export interface NamedValues<Directory> {
  readonly name: 'parameters' | 'secrets';
  readonly module: SourceModule;
  /** Undefined if the program serves none of the values. */
  readonly directoryOf: (program: Program) => Directory | undefined;
  readonly groupNamesOf: (program: Program) => readonly string[];
  /** The role of each group that has one. */
  readonly rolesOf: (program: Program) => ReadonlyMap<string, AssumedRole>;
}

/** The parts that the sources of all services share. */
export const valueSourceParts = (program: Program): Omit<ValueSourceParts, 'regions' | 'roles'> => {
  const { region, proxy } = program.get('settings');
  return {
    credentialCache: program.get('credentialCache'),
    roleCredentials: program.get('roleCredentials'),
    endpoints: program.get('endpointResolver'),
    clock: program.get('clock'),
    logger: program.get('logger'),
    region,
    proxy,
  };
};

const NOTHING = { keys: [], everything: false };

/** Creates the module of one service of named values. */
export const namedValues = <Listed extends ListedSettings, Directory>(
  service: ValueService<Listed, Directory>,
): NamedValues<Directory> => {
  const { name, protocol, uncachedGroup, referredToBy } = service;
  // No table has this name, and each table is a group of its name.
  const onDemandGroup = `${name}:*`;

  /** What the program serves; undefined if it serves none of the values. */
  const servedBy = oncePerProgram((program) => {
    const settings = program.get('settings');
    const isForSdks = settings.sdkServices?.includes(protocol.protocol.service) === true;
    const defaults = valueDefaults(settings, settings.parametersSecretsExtension?.[name], isForSdks);
    const section = service.listedIn(settings, defaults.lifetimes);
    if (section === undefined && settings.parametersSecretsExtension === undefined && !isForSdks)
      return undefined;
    const { listed: entries = [], onDemand = true, coherence } = section ?? {};
    const listed = entries.map((each, index) => ({ ...each, group: `${name}:${index + 1}` }));
    /** A setting of each group of an entry that has it. */
    const perGroup = <Setting>(settingOf: (entry: Listed) => Setting | undefined): Map<string, Setting> =>
      new Map(
        listed.flatMap((entry) => {
          const setting = settingOf(entry);
          const groups = [entry.group, ...(uncachedGroup ? [uncachedGroup(entry.group)] : [])];
          return setting === undefined ? [] : groups.map((group) => [group, setting] as const);
        }),
      );
    return {
      listed,
      regions: perGroup(({ region }) => region),
      roles: perGroup(({ role }) => role),
      groupNames: [...listed.map(({ group }) => group), ...(onDemand ? [onDemandGroup] : [])],
      defaults,
      onDemand,
      coherence,
      directory: service.directory(listed, onDemand ? onDemandGroup : undefined),
    };
  });

  /** One scope for all values: neither the region nor the other names of a written value need be known (decision 46). */
  const coherent = (program: Program, coherence: Coherence | undefined): Pick<GroupParts, 'coherence'> =>
    coherence === undefined || !needsJournal(coherence)
      ? {}
      : {
          coherence: {
            coherence,
            scope: name,
            referringScopes: referredToBy === undefined ? [] : [referredToBy.name],
            journal: program.get('invalidationJournal'),
          },
        };

  const groups: SourceModule['groups'] = (program) => {
    const served = servedBy(program);
    if (served === undefined) return [];
    const { listed, regions, roles, defaults, onDemand, coherence, directory } = served;
    const source = service.source({ ...valueSourceParts(program), regions, roles }, directory, listed);
    const { contentTypes, limits } = defaults;
    const groupOf = (group: string, lifetimes: Lifetimes): GroupParts => ({
      name: group,
      policy: new TtlPolicy(lifetimes),
      contentTypes,
      source,
      limits,
    });
    const cached = listed.map((entry) => ({
      ...groupOf(entry.group, entry.lifetimes),
      ...coherent(program, entry.coherence),
      preload: entry.preload ? service.preload(entry, directory) : NOTHING,
    }));
    const unlisted = { ...groupOf(onDemandGroup, defaults.lifetimes), ...coherent(program, coherence) };
    const all = onDemand ? [...cached, unlisted] : cached;
    return uncachedGroup === undefined
      ? all
      : [...all, ...all.map((group) => groupOf(uncachedGroup(group.name), NOT_CACHED))];
  };

  const routes: SourceModule['routes'] = (program) => {
    const served = servedBy(program);
    if (served === undefined) return [];
    return [
      {
        path: `/${name}`,
        addresses: service.addresses(served.directory),
        formats: new Map([['aws', AWS_JSON]]),
        defaultContentType: VALUE,
        part: JSON_KEY,
        keepsParsed: true,
        tokens: program.get('settings').secretTokens,
      },
    ];
  };

  const wire: SourceModule['wire'] = (program) => {
    const served = servedBy(program);
    if (served === undefined) return undefined;
    const { directory, regions, roles, groupNames } = served;
    const { region } = program.get('settings');
    // An SDK that asks by name means the function's own account. The group of a role holds values of another identity.
    const regionOf: RegionOfGroup = (group) =>
      roles.has(group) ? undefined : (regions.get(group) ?? region);
    const { messageMember } = service;
    const deferred = new DeferredOperations(async () => {
      // Loaded on demand: only requests of SDKs need it.
      const { createValueEndpoint } = await import('../value-endpoint.ts');
      return createValueEndpoint(program, {
        service: protocol,
        writtenGroups: [
          ...groupNames,
          // Nothing of them is cached, but readers share reads.
          ...(uncachedGroup ? groupNames.map(uncachedGroup) : []),
          ...(referredToBy?.groupNamesOf(program) ?? []),
        ],
        operations: service.operations(directory, regionOf),
        hasRole: (group) => roles.has(group),
      });
    });
    return {
      targetPrefix: protocol.protocol.targetPrefix,
      service: { ...protocol.label, contentType: AWS_JSON, hasNamespaces: false, messageMember },
      operations: () => deferred.load(),
    };
  };

  return {
    name,
    module: { modules: [], groups, routes, wire },
    directoryOf: (program) => servedBy(program)?.directory,
    groupNamesOf: (program) => servedBy(program)?.groupNames ?? [],
    rolesOf: (program) => servedBy(program)?.roles ?? new Map(),
  };
};

/** How values are cached of which `cache.yaml` says nothing else. */
interface ValueDefaults {
  readonly lifetimes: Lifetimes;
  readonly limits: NonNullable<GroupParts['limits']>;
  readonly contentTypes: readonly string[];
}

/** Each request reads from AWS, and gets the failure if that read fails. */
const NOT_CACHED: Lifetimes = {
  ttlMs: 0,
  negativeTtlMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
};

const MAX_READS = 10;

/** An account may make 40 calls of Parameter Store in a second, all its environments together. */
const PRELOAD_PARALLELISM = 2;

/** AWS's extension has no time-out by default; a function must not wait longer than that. */
const LONGEST_TIMEOUT_MS = 60_000;

/**
 * The defaults for a source of values.
 *
 * @param service what the variables of AWS's extension say of it
 * @param isForSdks whether SDKs use this server as the endpoint of the service
 */
const valueDefaults = (
  { lifetimes, parametersSecretsExtension: extension, timeoutMs }: Settings,
  service: ValueServiceVariables | undefined,
  isForSdks: boolean,
): ValueDefaults => {
  const isCaching = extension?.isCaching ?? true;
  const ttlMs = isCaching ? (service?.ttlMs ?? VALUE_TTL_MS) : 0;
  const limitMs = service?.timeoutMs === 0 ? LONGEST_TIMEOUT_MS : (service?.timeoutMs ?? timeoutMs);
  return {
    lifetimes: ttlMs > 0 ? { ...lifetimes, ttlMs } : NOT_CACHED,
    limits: {
      maxReads: extension?.maxReads ?? MAX_READS,
      timeoutMs: Math.min(limitMs, LONGEST_TIMEOUT_MS),
      preloadParallelism: PRELOAD_PARALLELISM,
    },
    contentTypes: [
      VALUE,
      ...(extension === undefined ? [] : [PARAMETERS_AND_SECRETS]),
      ...(isForSdks ? [AWS_JSON] : []),
    ],
  };
};
