import { describe, expect, it } from '@jest/globals';
import {
  type Application,
  createApplication,
  fill,
  groupOf,
  keyOf,
  keysOf,
  textOf,
  throttled,
  unreachable,
} from '../support/application/create-application.ts';

const key = keyOf('k');

const loseContact = async ({ source, read }: Application) => {
  source.failWith(unreachable());
  for (const each of keysOf(3, 'lost')) await read(each).catch(() => undefined);
  source.heal();
};

/** Later calls are answered; calls that hang stay unanswered. */
const answerAgain = ({ source }: Application) => source.hold().open();

/** A reader waits for a call that hangs; the circuit is open, and the item is another one since. */
const withHangingReader = async () => {
  const app = createApplication();
  app.source.put(key, 'v1');
  app.source.hold();
  const waiting = app.read(key);
  await app.clock.advance(0);
  app.source.put(key, 'v2');
  answerAgain(app);
  await loseContact(app);
  return { app, waiting };
};

describe('when the source of a group answers again', () => {
  it('a key whose probe hangs is read again at once', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    await loseContact(app);
    await app.clock.advance(1_000);
    app.source.hold();
    await app.read(key);
    await app.clock.advance(1_000);
    app.source.put(key, 'v2');
    answerAgain(app);

    await app.read(keyOf('other')).catch(() => undefined);
    await app.clock.advance(0);

    expect(textOf(await app.read(key))).toBe('v2');
    expect(app.singleFlight.isReading(key)).toBe(false);
  });

  it('a reader of a call that hangs is answered from a new read', async () => {
    const { app, waiting } = await withHangingReader();
    await app.clock.advance(1_000);

    await app.read(keyOf('other')).catch(() => undefined);

    expect(textOf(await waiting)).toBe('v2');
    expect(app.status.status().counts.sourceFailures).toBe(3);
  });

  it('a reader of a call that hangs is answered from a new read after a forwarded read was answered', async () => {
    const { app, waiting } = await withHangingReader();
    await app.forwardedReads.answer({
      groups: ['Products'],
      forward: async () => 'an answer',
      stale: () => undefined,
      isFailure: () => false,
      drain: () => Promise.resolve(),
    });
    await app.clock.advance(0);

    expect(app.source.countOf('read')).toBe(5);
    expect(textOf(await waiting)).toBe('v2');
  });

  it('reads of other groups continue', async () => {
    const app = createApplication({ groups: [groupOf('Products'), groupOf('Orders')] });
    const gate = app.source.hold();
    const ordering = app.read(keyOf('o', 'Orders'));
    await app.clock.advance(0);
    answerAgain(app);
    await loseContact(app);
    await app.clock.advance(1_000);

    await app.read(keyOf('other')).catch(() => undefined);
    await app.clock.advance(0);
    gate.open();

    expect((await ordering).outcome).toBe('absent');
    expect(app.source.calls.filter(({ method }) => method === 'read')).toHaveLength(5);
  });

  it('a failure that the source answered closes the circuit too', async () => {
    const app = createApplication();
    app.source.hold();
    const waiting = app.read(key);
    await app.clock.advance(0);
    answerAgain(app);
    await loseContact(app);
    await app.clock.advance(1_000);

    app.source.failFor(keyOf('other'), throttled());
    await app.read(keyOf('other')).catch(() => undefined);

    expect((await waiting).outcome).toBe('absent');
  });
});

it('a slow read of a group with a closed circuit keeps its time-out', async () => {
  const app = createApplication();
  app.source.hold();
  const slow = app.read(key).catch(({ code }) => code);
  await app.clock.advance(0);
  answerAgain(app);

  await app.read(keyOf('other'));
  await app.clock.advance(2_000);

  expect(await slow).toBe('upstream_timeout');
  expect(app.source.calls).toHaveLength(2);
});
