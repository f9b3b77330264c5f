import { describe, expect, it } from '@jest/globals';
import { groupOf, keysOf } from '../support/application/create-application.ts';
import { createExtension } from '../support/application/create-extension.ts';

const listed = keysOf(3);

describe('RunExtension without invocation events', () => {
  it('preloads before it asks for its first event, where there is a function', async () => {
    const app = createExtension({
      invocations: 'unobserved',
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

  it.each(['unobserved', 'untold'] as const)(
    'publishes metrics every 10 seconds and at the end: %s',
    async (invocations) => {
      const app = createExtension({ invocations });
      const run = app.extension.run();
      await app.clock.advance(30_000);
      expect(app.journal).toEqual(['metrics published', 'metrics published', 'metrics published']);
      app.events.shutdown();
      await run;

      expect(app.journal.at(-1)).toBe('metrics published for the last time');
      expect(app.clock.pendingTasks).toBe(0);
    },
  );

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

it.each(['notified', 'told'] as const)(
  'RunExtension publishes metrics at invocations only: %s',
  async (invocations) => {
    const app = createExtension({ invocations });
    const run = app.extension.run();
    await app.clock.advance(60_000);
    expect(app.journal).toEqual([]);

    app.events.shutdown();
    await run;
  },
);
