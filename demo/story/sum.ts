import { readHealth } from '../stage/health.ts';
import type { Chapter } from './scene.ts';

/** What it comes to. */
export const sum: Chapter = async ({ stage, narrator }) => {
  const { counts, store } = await readHealth(stage.port);
  const { hits, staleHits, misses, collapsed } = counts;
  narrator.say(
    `In all: ${hits} answers out of memory, ${staleHits} more although they had expired, ${misses} by way of DynamoDB,`,
    `${collapsed} of these on one shared read. ${store.entries} entries in ${Math.round(store.bytes / 1024)} KiB.`,
  );
};
