import { type Health, hasPreloaded, readHealth } from '../stage/health.ts';
import { PRODUCT_COUNT } from '../stage/sample-tables.ts';
import type { Chapter } from './scene.ts';
import { shownCount } from './shown-count.ts';

const EXPECTED = [
  { group: 'Products', entries: PRODUCT_COUNT },
  { group: 'Thumbnails', entries: 2 },
];

/** What readers ask for or make the cache forget meanwhile, the preload leaves to them. */
const ITEMS_OF_READERS = 5;

/** What cache.yaml names is loaded before the first invocation. */
export const preload: Chapter = async ({ stage, narrator }) => {
  const { lambda, port } = stage;
  narrator.chapter('Preload');
  narrator.say(
    'The extension preloads the tables and keys in cache.yaml before the first request. /health reports the progress.',
  );
  const health = await followedToTheEnd(port, (progress) => narrator.progress(shownProgress(progress)));
  for (const { group, entries } of EXPECTED) {
    const seen = health.preload.find((each) => each.group === group);
    const isAsExpected = seen?.state === 'complete' && seen.entries > entries - ITEMS_OF_READERS;
    narrator.found(
      `${group}: ${shownItems(seen?.entries ?? 0)}, ${seen?.state ?? 'not started'}`,
      isAsExpected ? [] : [`expected ${shownItems(entries)}, complete`],
    );
  }
  const { atMs: startedAtMs } = await lambda.when('extension-started');
  const { atMs: readyAtMs } = await lambda.when('extension-ready');
  await lambda.when('init-done');
  narrator.found(
    `ready after ${Math.round(readyAtMs - startedAtMs)} ms: ${Math.round(health.store.bytes / 1024)} KiB cached` +
      ` of at most ${Math.round(health.store.maxBytes / 1024)}, ${shownCount(stage.dynamoDbRequests)}`,
  );
};

/** Each look waits for the one before, and the first for the extension to serve: that is rhythm enough. */
const followedToTheEnd = async (port: number, show: (health: Health) => void): Promise<Health> => {
  for (;;) {
    const health = await readHealth(port);
    if (hasPreloaded(health)) return health;
    show(health);
  }
};

const shownProgress = ({ preload }: Health): string =>
  preload.map(({ group, entries, state }) => `${group}: ${shownItems(entries)}, ${state}`).join('   ');

const shownItems = (count: number): string => (count === 1 ? '1 item' : `${count} items`);
