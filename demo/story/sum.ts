import { readHealth } from '../stage/health.ts';
import type { Chapter } from './scene.ts';

/** What it comes to. */
export const sum: Chapter = async ({ stage, narrator }) => {
  const { counts, store } = await readHealth(stage.port);
  const { hits, staleHits, misses, collapsed } = counts;
  narrator.say(
    `Total: ${hits} hits, ${staleHits} stale hits, ${misses} misses, of which ${collapsed} shared a read.`,
    `${store.entries} entries in ${Math.round(store.bytes / 1024)} KiB.`,
  );
};
