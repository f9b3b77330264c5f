import { expect, it } from '@jest/globals';
import { createContainer } from '../../src/bootstrap/container.ts';
import { FakeServer } from '../support/application/fake-server.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../support/fakes/fake-item-source.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';
import { settingsOf } from '../support/settings.ts';

it('a preload beyond the longest delay is reported with the variable that made it so long', async () => {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const lifecycleEvents = new FakeLifecycleEvents();
  const itemSource = new FakeItemSource(clock);
  itemSource.hold();
  const table = tableSpec({
    name: 'Products',
    hashKey: { name: 'id', type: 'S' },
    preload: { keys: [], everything: true },
  });
  const program = createContainer(settingsOf({ tables: [table], preload: true, maxPreloadHoldMs: 500 }), {
    clock,
    logger,
    lifecycleEvents,
    itemSource,
    server: new FakeServer([]),
  });

  const run = program.get('runExtension').run();
  await clock.advance(499);
  expect(lifecycleEvents.asked).toBe(0);
  await clock.advance(1);

  expect(lifecycleEvents.asked).toBe(1);
  expect(logger.at('warn')).toMatchObject([
    { fields: { maxMs: 500, setting: 'CACHE_EXTENSION_PRELOAD_TIMEOUT' } },
  ]);
  lifecycleEvents.shutdown();
  await run;
});
