import { AppConfigItemSource } from '../../adapters/appconfig/appconfig-item-source.ts';
import { LazyAwsClient } from '../../adapters/aws/lazy-aws-client.ts';
import {
  type ConfiguredConfiguration,
  listedConfigurations,
} from '../../adapters/config/cache-yaml/appconfig-section.ts';
import type { ManifestEntry } from '../../adapters/config/environment/agent-manifest.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import {
  ConfigurationAddressParser,
  ConfigurationDirectory,
  ON_DEMAND_GROUP,
} from '../../domain/appconfig/configuration-directory.ts';
import {
  AS_STORED,
  configurationKey,
  type ConfigurationName,
} from '../../domain/appconfig/configuration-name.ts';
import { type Lifetimes, TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import type { Program } from '../components.ts';
import { oncePerProgram, type SourceModule } from './source-module.ts';

/** As AWS's agent polls. */
const POLL_INTERVAL_MS = 45_000;

/** AWS's agent serves what it has for as long as AppConfig fails. */
const STALE_IF_ERROR_MS = 86_400_000;

const MAX_READS = 10;
const PRELOAD_PARALLELISM = 4;

/** The configurations that the program serves; undefined if it serves none. */
const configurationsOf = oncePerProgram((program) => {
  const settings = program.get('settings');
  const { appConfigAgent: agent } = settings;
  const lifetimes = {
    ...settings.lifetimes,
    ttlMs: agent?.pollIntervalMs ?? POLL_INTERVAL_MS,
    staleIfErrorMs: STALE_IF_ERROR_MS,
  };
  const section = listedConfigurations(settings, lifetimes);
  if (section === undefined && agent === undefined) return undefined;
  const { listed = [], onDemand = true } = section ?? {};
  const named = withManifest(listed, agent?.manifest ?? [], lifetimes, onDemand).map((each, index) => ({
    ...each,
    group: `appconfig:${index + 1}`,
  }));
  return { named, lifetimes, onDemand, agent, directory: new ConfigurationDirectory(named, onDemand) };
});

/**
 * The configurations that `cache.yaml` lists, completed with the manifest of AWS's agent. Those that only the manifest
 * names are added, unless nothing but listed ones may be read.
 */
const withManifest = (
  listed: readonly ConfiguredConfiguration[],
  manifest: readonly ManifestEntry[],
  lifetimes: Lifetimes,
  onDemand: boolean,
): readonly ConfiguredConfiguration[] => {
  const idOf = (name: ConfigurationName) => configurationKey(ON_DEMAND_GROUP, name).id;
  const others = new Map(manifest.map((entry) => [idOf(entry), entry]));
  const completed = listed.map((each) => {
    const { role, region } = others.get(idOf(each)) ?? {};
    others.delete(idOf(each));
    return { ...(role && { role }), ...(region && { region }), ...each };
  });
  if (!onDemand) return completed;
  const added = [...others.values()].map(({ pollIntervalMs = lifetimes.ttlMs, ...entry }) => ({
    ...entry,
    preload: false,
    lifetimes: { ...lifetimes, ttlMs: pollIntervalMs },
  }));
  return [...completed, ...added];
};

const clientOf = (program: Program): LazyAwsClient => {
  const { proxy, appConfigAgent } = program.get('settings');
  return new LazyAwsClient({
    credentialCache: program.get('credentialCache'),
    endpoints: program.get('endpointResolver'),
    clock: program.get('clock'),
    proxy: proxy ?? appConfigAgent?.proxy,
    label: { name: 'AppConfig', endpointSetting: 'CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT' },
  });
};

const groups: SourceModule['groups'] = (program) => {
  const configurations = configurationsOf(program);
  if (configurations === undefined) return [];
  const { named, lifetimes, onDemand, agent, directory } = configurations;
  const { region, timeoutMs, prefetchesOnly = false } = program.get('settings');
  const polled = [
    ...named.map(({ group, region: own, role, lifetimes: { ttlMs } }) => ({
      name: group,
      pollIntervalMs: ttlMs,
      region: own,
      role: role ?? agent?.role,
    })),
    ...(onDemand ? [{ name: ON_DEMAND_GROUP, pollIntervalMs: lifetimes.ttlMs, role: agent?.role }] : []),
  ];
  const source = new AppConfigItemSource({
    client: clientOf(program),
    clock: program.get('clock'),
    groups: polled,
    region: agent?.region ?? region,
    roleCredentials: program.get('roleCredentials'),
  });
  const shared = {
    contentTypes: [AS_STORED],
    source,
    limits: {
      maxReads: agent?.maxReads ?? MAX_READS,
      timeoutMs: agent?.pollTimeoutMs ?? timeoutMs,
      preloadParallelism: PRELOAD_PARALLELISM,
    },
  };
  // A prefetched configuration may be listed as well.
  const prefetched = (agent?.prefetched ?? []).flatMap((name) => {
    try {
      return [directory.keyOf(name)];
    } catch {
      return [];
    }
  });
  const listed = named.map((each): GroupParts => {
    const key = directory.keyOf(each);
    const isPreloaded = (each.preload && !prefetchesOnly) || prefetched.some(({ text }) => text === key.text);
    return {
      ...shared,
      name: each.group,
      policy: new TtlPolicy(each.lifetimes),
      preload: { keys: isPreloaded ? [key] : [], everything: false },
    };
  });
  if (!onDemand) return listed;
  const keys = [...new Map(prefetched.map((key) => [key.text, key])).values()];
  const others = {
    ...shared,
    name: ON_DEMAND_GROUP,
    policy: new TtlPolicy(lifetimes),
    preload: { keys: keys.filter(({ group }) => group === ON_DEMAND_GROUP), everything: false },
  };
  return [...listed, others];
};

const routes: SourceModule['routes'] = (program) => {
  const configurations = configurationsOf(program);
  if (configurations === undefined) return [];
  return [
    {
      path: '/applications/:application/environments/:environment/configurations/:profile',
      addresses: new ConfigurationAddressParser(configurations.directory),
      defaultContentType: AS_STORED,
    },
  ];
};

const listener: SourceModule['listener'] = {
  name: 'appconfig',
  load: async (program) => {
    const configurations = configurationsOf(program);
    if (configurations === undefined) throw new Error('the listener of AppConfig has no configurations');
    // Loaded on demand: only clients of AWS's agent need it.
    const { createAppConfigAgentHandler } = await import(
      '../../adapters/http/appconfig-agent/agent-handler.ts'
    );
    return createAppConfigAgentHandler({
      directory: configurations.directory,
      reader: program.get('cache').reader,
      version: 'dynamodb-cache-extension',
      cacheName: 'dynamodb-cache',
      logger: program.get('logger'),
    });
  },
};

/** Configurations and feature flags of AppConfig. */
export const appConfigSource: SourceModule = { modules: [], groups, prefetches: true, routes, listener };
