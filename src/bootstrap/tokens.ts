import type { ServiceIdentifier } from 'inversify';
import type { Components } from './components.ts';

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
