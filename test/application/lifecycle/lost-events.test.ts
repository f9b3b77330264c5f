import { describe, expect, it } from '@jest/globals';
import { RunExtension } from '../../../src/application/lifecycle/run-extension.ts';
import { createCoherent } from '../../support/application/coherent-application.ts';
import { keyOf } from '../../support/application/create-application.ts';
import { FakeServer } from '../../support/application/fake-server.ts';
import { FakeLifecycleEvents } from '../../support/fakes/fake-lifecycle-events.ts';

/** An environment in its first invocation, with an item in memory whose group is checked once per invocation. */
const running = async () => {
  const app = createCoherent();
  const events = new FakeLifecycleEvents();
  const run = new RunExtension({
    cache: app,
    events,
    server: new FakeServer([]),
    metrics: { publish: () => undefined },
    clock: app.clock,
    logger: app.logger,
  }).run();
  app.source.put(keyOf('k'), 'v1');
  const invoke = async () => {
    events.invoke(app.clock.now() + 60_000);
    await app.clock.advance(0);
  };
  await invoke();
  await app.read();
  const loseEvent = async () => {
    events.fail(new Error('connection reset'));
    await app.clock.advance(0);
  };
  const end = async () => {
    events.shutdown();
    await app.clock.advance(10_000);
    await run;
  };
  return { ...app, invoke, loseEvent, end };
};

describe('coherence: invocation after the answer with an event was lost', () => {
  it('serves no item that another environment changed before', async () => {
    const app = await running();
    expect(await app.read()).toEqual(['v1', 'memory']);
    await app.writeElsewhere('v2');
    await app.loseEvent();

    expect(await app.read()).toEqual(['v2', 'origin']);
    await app.end();
  });

  it('serves an item for at most 100 ms after a change until an event is received, also after several failures', async () => {
    const app = await running();
    await app.loseEvent();
    await app.read();
    for (const [text, pauseMs] of [
      ['v2', 1_000],
      ['v3', 2_000],
    ] as const) {
      await app.writeElsewhere(text);
      await app.clock.advance(100);
      expect((await app.read())[0]).toBe(text);
      await app.loseEvent();
      await app.clock.advance(pauseMs);
    }
    await app.writeElsewhere('v4');
    await app.clock.advance(100);

    expect((await app.read())[0]).toBe('v4');
    await app.end();
  });

  it('checks once per invocation again as soon as an event is received', async () => {
    const app = await running();
    await app.loseEvent();
    await app.clock.advance(1_000);
    await app.invoke();
    await app.read();
    const checks = app.journal.countOf('check');
    await app.clock.advance(5_000);
    await app.read();

    expect(app.journal.countOf('check')).toBe(checks);
    await app.end();
  });
});
