import type { Settings } from '../adapters/config/settings.ts';
import type { AwsKnowledge } from '../adapters/dynamodb/aws-knowledge.ts';
import type { KeyRing } from '../adapters/dynamodb/key-ring.ts';
import type { Cache } from '../application/cache.ts';
import type { RunExtension } from '../application/run-extension.ts';
import type { ItemAddressParser } from '../domain/dynamodb/item-address.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { CallerRecogniser } from '../ports/caller-recogniser.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { ItemSource } from '../ports/item-source.ts';
import type { LifecycleEvents } from '../ports/lifecycle-events.ts';
import type { Logger } from '../ports/logger.ts';
import type { MetricsPublisher } from '../ports/metrics-publisher.ts';
import type { OperationForwarder } from '../ports/operation-forwarder.ts';
import type { Random } from '../ports/random.ts';
import type { RequestHandler, Server } from '../ports/server.ts';
import type { WireOperations } from '../ports/wire-operations.ts';
import type { DeferredHandler } from './deferred-handler.ts';
import type { DeferredOperations } from './deferred-operations.ts';

/** Every part of the program by its name: what the container makes, and what a test or an embedder may put in its place. */
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
  awsKnowledge: AwsKnowledge;
  keyRing: KeyRing;
  operationForwarder: OperationForwarder;
  callerRecogniser: CallerRecogniser;
  cacheStore: CacheStore;
  cache: Cache;
  deferredOperations: DeferredOperations;
  wireOperations: WireOperations;
  addressParser: ItemAddressParser;
  deferredHandler: DeferredHandler;
  requestHandler: RequestHandler;
  runExtension: RunExtension;
}
