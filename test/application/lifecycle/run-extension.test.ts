import { describe, expect, it } from '@jest/globals';
import { invocationsOf, RunExtension } from '../../../src/application/lifecycle/run-extension.ts';
import { groupOf, keyOf, keysOf, textOf, watch } from '../../support/application/create-application.ts';
import { createExtension, type ExtensionOptions } from '../../support/application/create-extension.ts';
import { FakeServer } from '../../support/application/fake-server.ts';

const key = keyOf('k');

it.each([
  ['told', 'notified'],
  ['untold', 'unobserved'],
  ['none', 'none'],
] as const)('takes how it learns of invocations, %s, as %s', (given, taken) => {
  expect(invocationsOf({ invocations: given })).toBe(taken);
});

/** Runs, waits for its first event, and has the keys in memory, used in their refresh window. */
const running = async (options: ExtensionOptions = {}, ...keys: readonly (typeof key)[]) => {
  const app = createExtension(options);
  const run = app.extension.run();
  await app.events.whenAsked(1);
  for (const each of keys) {
    app.source.put(each, 'v1');
    await app.read(each);
    app.source.put(each, 'v2');
  }
  await app.clock.advance(59_000);
  for (const each of keys) await app.read(each);
  const end = async () => {
    app.events.shutdown();
    await run;
  };
  return { ...app, run, end };
};

describe('RunExtension', () => {
  it('asks for its first event only after the preload has ended', async () => {
    const app = createExtension({ groups: [groupOf('Products', {}, { keys: [key] })] });
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    const run = app.extension.run();
    await gate.arrived();
    await app.clock.advance(0);
    expect(app.events.asked).toBe(0);
    gate.open();
    await app.events.whenAsked(1);
    expect(app.store.get(key)).toBeDefined();

    app.events.shutdown();
    await run;
  });

  it('asks for its first event even if the preload fails', async () => {
    const app = createExtension({ groups: [groupOf('Products', {}, { keys: [key] })] });
    app.source.failWith(new TypeError('a defect'));
    const run = app.extension.run();
    await app.events.whenAsked(1);

    app.events.shutdown();
    await run;
  });

  it('records the start only if there is something to preload', async () => {
    const app = await running();
    expect(app.events.starts).toBe(0);
    await app.end();
    const preloading = await running({ groups: [groupOf('Products', {}, { keys: [key] })] });
    expect(preloading.events.starts).toBe(1);
    await preloading.end();
  });

  it.each(['unobserved', 'none'] as const)(
    'records no start where invocations are %s, because none of them waits for a start',
    async (invocations) => {
      const app = await running({ invocations, groups: [groupOf('Products', {}, { keys: [key] })] });

      expect(app.events.starts).toBe(0);
      await app.end();
    },
  );

  it('records no start under SnapStart, where the snapshot would pass it on to each restored environment', async () => {
    const app = await running({
      awaitsInvocation: true,
      groups: [groupOf('Products', {}, { keys: [key] })],
    });

    expect(app.events.starts).toBe(0);
    await app.end();
  });

  it('preloads after a snapshot although a source fails to drop its connections', async () => {
    const app = await running({
      awaitsInvocation: true,
      groups: [groupOf('Products', {}, { keys: [key] })],
      throughSource: (source) =>
        Object.assign(source, {
          dropConnections: () => {
            throw new Error('stuck');
          },
        }),
    });
    app.source.put(key, 'v1');
    app.events.invoke();
    await app.events.whenAsked(2);
    await app.clock.advance(0);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 1 }]);
    await app.end();
  });

  it('asks for its first event during the preload after a reset, because an invocation waits for it', async () => {
    const app = createExtension({
      startKind: 'repeated',
      groups: [groupOf('Products', {}, { keys: [key] })],
    });
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    const run = app.extension.run();
    await gate.arrived();
    await app.events.whenAsked(1);
    expect(app.logger.at('info')).toEqual([
      {
        level: 'info',
        message: 'the environment was reset: requests are served while the preload runs',
        fields: {},
      },
    ]);
    gate.open();
    await app.clock.advance(0);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 1 }]);
    app.events.shutdown();
    await run;
  });

  it('asks for its first event when the longest delay has passed, and continues the preload', async () => {
    const app = createExtension({
      preloadTimeoutMs: 60_000,
      preloadHold: { maxMs: 1_000, setting: 'PRELOAD_TIMEOUT' },
      groups: [groupOf('Products', {}, { everything: true })],
    });
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    const run = app.extension.run();
    await gate.arrived();
    await app.clock.advance(999);
    expect(app.events.asked).toBe(0);
    await app.clock.advance(1);
    expect(app.events.asked).toBe(1);
    expect(app.logger.at('warn')).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('cannot wait longer for the preload'),
        fields: { maxMs: 1_000, setting: 'PRELOAD_TIMEOUT', groups: app.preload.progress() },
      },
    ]);
    gate.open();
    await app.clock.advance(0);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 1 }]);
    app.events.shutdown();
    await run;
  });

  it('asks for its first event when the preload has ended, if that is earlier than the longest delay', async () => {
    const app = createExtension({
      preloadHold: { maxMs: 1_000, setting: 'PRELOAD_TIMEOUT' },
      groups: [groupOf('Products', {}, { keys: [key] })],
    });
    const run = app.extension.run();
    await app.events.whenAsked(1);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete' }]);
    expect(app.logger.at('warn')).toEqual([]);
    app.events.shutdown();
    await run;
  });

  it('asks for the next event at once if there is nothing to refresh', async () => {
    const app = await running();
    app.events.invoke();
    await app.events.whenAsked(2);
    app.events.invoke();
    await app.events.whenAsked(3);

    expect(app.clock.pendingTasks).toBe(0);
    await app.end();
  });

  it('asks for the next event when the refresh has ended', async () => {
    const app = await running({}, key);
    const gate = app.source.hold();
    app.events.invoke();
    await gate.arrived();
    await app.clock.advance(50);
    expect(app.events.asked).toBe(1);
    gate.open();
    await app.events.whenAsked(2);

    expect(textOf(await app.read(key))).toBe('v2');
    expect(app.clock.pendingTasks).toBe(0);
    await app.end();
  });

  it('asks for the next event after 100 ms at most, even if the refresh takes longer', async () => {
    const app = await running({}, key);
    const gate = app.source.hold();
    app.events.invoke();
    await app.clock.advance(99);
    expect(app.events.asked).toBe(1);
    await app.clock.advance(1);
    expect(app.events.asked).toBe(2);
    gate.open();
    await app.clock.advance(0);

    expect(textOf(await app.read(key))).toBe('v2');
    await app.end();
  });

  it('refreshes hot keys during an invocation, not before', async () => {
    const app = await running({}, ...keysOf(3));
    expect(app.source.countOf('readMany')).toBe(0);
    app.events.invoke();
    await app.events.whenAsked(2);

    expect(app.source.countOf('readMany')).toBe(1);
    await app.end();
  });

  it('repeats frozen reads when an invocation begins', async () => {
    const app = await running();
    app.source.put(key, 'v1');
    app.source.hold();
    const reading = app.read(key);
    await app.clock.advance(0);
    app.clock.freeze(1_000);
    app.source.hold().open();
    app.events.invoke();

    expect(textOf(await reading)).toBe('v1');
    expect(app.source.countOf('read')).toBe(2);
    await app.end();
  });

  it('keeps reads within the deadline of the invocation', async () => {
    const app = await running();
    app.events.invoke(app.clock.now() + 600);
    await app.events.whenAsked(2);
    app.source.hold();
    const failing = expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_timeout' });
    await app.clock.advance(500);

    await failing;
    await app.end();
  });

  it('publishes metrics on every invocation', async () => {
    const app = await running();
    app.events.invoke();
    await app.events.whenAsked(2);

    expect(app.journal).toEqual(['metrics published']);
    await app.end();
  });

  it('retries with pauses of 1 s to 10 s when asking for the next event fails, and logs the failure once', async () => {
    const app = await running();
    const error = new Error('connection lost');
    app.events.fail(error);
    await app.clock.advance(0);
    for (const [failures, pauseMs] of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000].entries()) {
      app.events.fail(error);
      await app.clock.advance(pauseMs - 1);
      expect(app.events.asked).toBe(failures + 1);
      await app.clock.advance(1);
      expect(app.events.asked).toBe(failures + 2);
    }

    expect(app.logger.at('error')).toEqual([
      {
        level: 'error',
        message:
          'asking for the next lifecycle event failed; requests are still served, and it is asked for again after 1 s, then after longer pauses of up to 10 s',
        fields: { error },
      },
    ]);
    await app.clock.advance(10_000);
    await app.end();
  });

  it('pauses for a second again after an event was received', async () => {
    const app = await running();
    const error = new Error('connection lost');
    for (const asked of [1, 3]) {
      app.events.fail(error);
      await app.clock.advance(999);
      expect(app.events.asked).toBe(asked);
      app.events.invoke();
      await app.clock.advance(1);
    }

    expect(app.events.asked).toBe(5);
    expect(app.logger.at('error')).toHaveLength(2);
    await app.end();
  });

  it('does not apply the deadline of an earlier invocation after an event was lost', async () => {
    const app = await running();
    app.events.invoke(app.clock.now() + 600);
    await app.events.whenAsked(2);
    app.events.fail(new Error('connection lost'));
    await app.clock.advance(0);
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    const reading = app.read(key);
    await app.clock.advance(550);
    gate.open();

    expect(textOf(await reading)).toBe('v1');
    await app.clock.advance(1_000);
    await app.end();
  });

  it('retries even if asking for the event throws a defect', async () => {
    let isDefective = true;
    const app = createExtension({
      throughEvents: (events) => ({
        invocations: events.invocations,
        next: () => {
          if (isDefective) throw new TypeError('a defect');
          return events.next();
        },
        reportInitError: (error) => events.reportInitError(error),
      }),
    });
    const run = app.extension.run();
    await app.clock.advance(0);
    isDefective = false;
    await app.clock.advance(1_000);
    app.events.shutdown();

    await run;
  });

  it('keeps serving when the work of an invocation fails', async () => {
    const defect = new TypeError('a defect');
    const app = await running({
      onPublish: () => {
        throw defect;
      },
    });
    app.events.invoke();
    await app.events.whenAsked(2);

    expect(app.logger.at('error')).toEqual([
      {
        level: 'error',
        message: 'refreshing and publishing metrics failed for this invocation; requests are still served',
        fields: { error: defect },
      },
    ]);
    await app.end();
  });
});

describe('the shutdown', () => {
  it('closes the server and publishes the last metrics after that', async () => {
    const app = await running();
    await app.end();

    expect(app.journal).toEqual(['server closed', 'metrics published for the last time']);
    expect(app.events.asked).toBe(1);
    expect(app.logger.at('info')).toEqual([
      { level: 'info', message: 'shutting down', fields: { reason: 'spindown' } },
    ]);
  });

  it('logs no observations if nothing was observed', async () => {
    const app = await running();
    await app.end();

    expect(app.logger.at('warn')).toEqual([]);
  });

  it('logs the observations at shutdown, if there are any', async () => {
    const app = await running();
    app.observations.missed('Products');
    app.observations.hit('Products', true, 0.5);
    await app.end();

    expect(app.logger.at('warn')).toEqual([
      {
        level: 'warn',
        message: 'the cache would have answered these reads of observed tables',
        fields: { observed: [{ group: 'Products', reads: 2, hits: 1, right: 1, savedUnits: 0.5 }] },
      },
    ]);
  });

  it('ends even if the server cannot be closed', async () => {
    const error = new Error('not listening');
    const app = await running({ onClose: () => Promise.reject(error) });
    await app.end();

    expect(app.journal).toContain('metrics published for the last time');
    expect(app.logger.at('error')).toEqual([
      { level: 'error', message: 'the server could not be closed', fields: { error } },
    ]);
  });

  it('ends well within two seconds even if the server does not close', async () => {
    const app = await running({ onClose: () => new Promise(() => undefined) });
    app.events.shutdown();
    const state = watch(app.run);
    await app.clock.advance(1_000);

    expect(state.state()).toBe('resolved');
    expect(app.journal).toContain('metrics published for the last time');
  });

  it('ends even if the metrics cannot be published', async () => {
    const app = await running({
      onPublish: () => {
        throw new TypeError('a defect');
      },
    });
    await app.end();

    expect(app.journal).toContain('server closed');
    expect(app.logger.at('error')).toMatchObject([{ message: 'the last metrics could not be published' }]);
  });

  it('does not wait for running reads', async () => {
    const app = await running();
    app.source.hold();
    const reading = watch(app.read(key));
    await app.end();

    expect(reading.state()).toBe('pending');
  });
});

describe('RunExtension with its parts by position, as version 0.1.0 took them', () => {
  it('runs until the shutdown', async () => {
    const app = createExtension();
    const { events, clock, logger } = app;
    const metrics = { publish: () => undefined };
    const run = new RunExtension(app, events, new FakeServer([]), metrics, clock, logger).run();
    await events.whenAsked(1);
    events.shutdown();

    await expect(run).resolves.toBeUndefined();
  });
});
