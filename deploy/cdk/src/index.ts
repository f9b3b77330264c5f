/**
 * Attaches the cache to functions of a CDK app.
 *
 * @module
 */
export { CacheMonitoring, type CacheMonitoringProps } from './cache-monitoring.ts';
export type { CacheSettings } from './cache-settings.ts';
export { DynamoDbCacheExtension, type DynamoDbCacheExtensionProps } from './dynamodb-cache-extension.ts';
export type { JournalTable } from './journal.ts';
export type { LayerName } from './layer-name.ts';
export type { ExistingLayers } from './layers.ts';
export { StreamAnnouncer, type StreamAnnouncerProps, type StreamedTable } from './stream-announcer.ts';
