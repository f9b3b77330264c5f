import { describe, expect, it } from '@jest/globals';
import { groupOf, keysOf } from '../support/application/create-application.ts';
import { createExtension } from '../support/application/create-extension.ts';

const listed = keysOf(3);

describe('a process without INVOKE events', () => {
  it('preloads before it asks for its first event, beside a function', async () => {
    const app = createExtension({
      invocations: 'untold',
      groups: [groupOf('Products', {}, { keys: listed })],
    });
    const gate = app.source.hold();
    const run = app.extension.run();
    await gate.arrived();
    await app.clock.advance(0);
    expect(app.events.asked).toBe(0);
    gate.open();
    await app.events.whenAsked(1);

    app.events.shutdown();
    await run;
  });

  it('can be shut down during the preload, without a function', async () => {
    const app = createExtension({
      invocations: 'none',
      groups: [groupOf('Products', {}, { keys: listed })],
    });
    app.source.hold();
    const run = app.extension.run();
    app.events.shutdown();
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'running' }]);
    expect(app.journal).toContain('server closed');
  });

  it('publishes metrics periodically, and a last time at shutdown', async () => {
    const app = createExtension({ invocations: 'untold' });
    const run = app.extension.run();
    await app.clock.advance(30_000);
    expect(app.journal).toEqual(['metrics published', 'metrics published', 'metrics published']);
    app.events.shutdown();
    await run;

    expect(app.journal.at(-1)).toBe('metrics published for the last time');
    expect(app.clock.pendingTasks).toBe(0);
  });

  it('keeps publishing after a failed attempt', async () => {
    const app = createExtension({
      invocations: 'none',
      onPublish: () => {
        throw new TypeError('a defect');
      },
    });
    const run = app.extension.run();
    await app.clock.advance(20_000);

    expect(app.logger.at('error').map(({ message }) => message)).toEqual(
      Array(2).fill('the metrics could not be published; requests are still served'),
    );
    app.events.shutdown();
    await run;
  });
});

it('a process with INVOKE events publishes metrics only during invocations', async () => {
  const app = createExtension();
  const run = app.extension.run();
  await app.clock.advance(60_000);
  expect(app.journal).toEqual([]);

  app.events.shutdown();
  await run;
});
