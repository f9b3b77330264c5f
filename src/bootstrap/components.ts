import type { ServiceIdentifier } from 'inversify';
import type { CredentialCache } from '../adapters/aws/credentials/credentials.ts';
import type { EndpointResolver } from '../adapters/aws/endpoint-resolver.ts';
import type { RoleCredentials } from '../adapters/aws/roles/role-credentials.ts';
import type { CompatibleListener } from '../adapters/config/environment/variable-names.ts';
import type { Settings } from '../adapters/config/settings.ts';
import type { ItemRouteOptions } from '../adapters/http/items/item-routes.ts';
import type { WireRouteOptions } from '../adapters/http/sdk-endpoint/wire-route.ts';
import type { Cache, GroupParts } from '../application/create-cache.ts';
import type { RunExtension } from '../application/lifecycle/run-extension.ts';
import type { ItemAddressParser } from '../domain/dynamodb/model/item-address.ts';
import type { RequestHandler, Server } from '../ports/inbound/server.ts';
import type { WireOperations } from '../ports/inbound/wire-operations.ts';
import type { CacheStore } from '../ports/outbound/cache-store.ts';
import type { CallerRecogniser } from '../ports/outbound/caller-recogniser.ts';
import type { Clock } from '../ports/outbound/clock.ts';
import type { Digest } from '../ports/outbound/digest.ts';
import type { InvalidationJournal } from '../ports/outbound/invalidation-journal.ts';
import type { ItemSource } from '../ports/outbound/item-source.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { MetricsPublisher } from '../ports/outbound/metrics-publisher.ts';
import type { OperationForwarder } from '../ports/outbound/operation-forwarder.ts';
import type { Random } from '../ports/outbound/random.ts';
import type { SharedEntries } from '../ports/outbound/shared-entries.ts';
import type { DeferredHandler, DeferredOperations } from './deferred.ts';

/** A path under which entries are read and invalidated. */
export type SourceRoute = Omit<ItemRouteOptions, 'reader' | 'invalidator'>;

/** Serves the protocol of one of AWS's extensions on its own port. */
export interface CompatibleRoutes {
  readonly name: CompatibleListener;
  /** Loads the handler with the first request. */
  readonly load: (program: Program) => Promise<RequestHandler>;
}

/** All components of the program by name. A test or an embedder may replace each of them, except `settings`. */
export interface Components {
  settings: Settings;
  clock: Clock;
  random: Random;
  digest: Digest;
  logger: Logger;
  metricsPublisher: MetricsPublisher;
  lifecycleEvents: LifecycleEvents;
  server: Server;
  itemSource: ItemSource;
  /** Needed only by tables that `settings` keep coherent with other environments. */
  invalidationJournal: InvalidationJournal;
  /** Needed only if `settings` name a second tier. */
  sharedEntries: SharedEntries;
  endpointResolver: EndpointResolver;
  credentialCache: CredentialCache;
  /** The credentials of the roles that sources assume. */
  roleCredentials: RoleCredentials;
  operationForwarder: OperationForwarder;
  callerRecogniser: CallerRecogniser;
  cacheStore: CacheStore;
  /** The groups of all sources. */
  groups: readonly GroupParts[];
  /** The routes of all sources. */
  routes: readonly SourceRoute[];
  /** The endpoints for SDKs of all sources. */
  wireRoutes: readonly WireRouteOptions[];
  /** The listeners that serve the protocols of AWS's extensions. */
  listeners: readonly CompatibleRoutes[];
  cache: Cache;
  deferredOperations: DeferredOperations;
  wireOperations: WireOperations;
  addressParser: ItemAddressParser;
  deferredHandler: DeferredHandler;
  requestHandler: RequestHandler;
  runExtension: RunExtension;
}

/** Parts to use in place of those that the container would make. */
export type Overrides = Partial<Omit<Components, 'settings'>>;

/** Gives out the parts of one program. Each is made once, when it is first asked for. */
export interface Program {
  get<Name extends keyof Components>(name: Name): Components[Name];
}

type Tokens = { readonly [Name in keyof Components]: ServiceIdentifier<Components[Name]> };

const token = <Name extends keyof Components>(name: Name): ServiceIdentifier<Components[Name]> =>
  Symbol.for(`dynamodb-cache-extension/${name}`);

/** One typed token for each component. A factory with tokens of the wrong types does not compile. */
export const TOKENS: Tokens = {
  settings: token('settings'),
  clock: token('clock'),
  random: token('random'),
  digest: token('digest'),
  logger: token('logger'),
  metricsPublisher: token('metricsPublisher'),
  lifecycleEvents: token('lifecycleEvents'),
  server: token('server'),
  itemSource: token('itemSource'),
  invalidationJournal: token('invalidationJournal'),
  sharedEntries: token('sharedEntries'),
  endpointResolver: token('endpointResolver'),
  credentialCache: token('credentialCache'),
  roleCredentials: token('roleCredentials'),
  operationForwarder: token('operationForwarder'),
  callerRecogniser: token('callerRecogniser'),
  cacheStore: token('cacheStore'),
  cache: token('cache'),
  deferredOperations: token('deferredOperations'),
  wireOperations: token('wireOperations'),
  groups: token('groups'),
  routes: token('routes'),
  wireRoutes: token('wireRoutes'),
  listeners: token('listeners'),
  addressParser: token('addressParser'),
  deferredHandler: token('deferredHandler'),
  requestHandler: token('requestHandler'),
  runExtension: token('runExtension'),
};
