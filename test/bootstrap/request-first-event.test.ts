import { describe, expect, it } from '@jest/globals';
import { canLoadLater, requestFirstEvent } from '../../src/bootstrap/start.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';

const env = (initializationType?: string) =>
  initializationType === undefined ? {} : { AWS_LAMBDA_INITIALIZATION_TYPE: initializationType };

describe('canLoadLater', () => {
  it.each([undefined, 'on-demand'])('is true for the initialization type %s', (type) => {
    expect(canLoadLater({ preload: false }, { invocations: 'notified' }, env(type))).toBe(true);
  });

  it('is false with a preload, which must end before the first event is requested', () => {
    expect(canLoadLater({ preload: true }, { invocations: 'notified' }, env())).toBe(false);
  });

  it.each(['snap-start', 'provisioned-concurrency', 'lambda-managed-instances', 'a future one'])(
    'is false for the initialization type %s, under which the environment waits for its first invocation',
    (type) => {
      expect(canLoadLater({ preload: false }, { invocations: 'notified' }, env(type))).toBe(false);
    },
  );

  it.each(['unobserved', 'none'] as const)('is false for invocations that are %s', (invocations) => {
    expect(canLoadLater({ preload: false }, { invocations }, env())).toBe(false);
  });
});

describe('requestFirstEvent', () => {
  it('requests one event, and returns it from the first call of next', async () => {
    const events = new FakeLifecycleEvents();
    const requested = await requestFirstEvent(events);
    const before = events.asked;
    events.invoke(7);
    events.shutdown('spindown');

    expect(before).toBe(1);
    expect(await requested.next()).toEqual({ type: 'invoke', deadlineMs: 7 });
    expect(events.asked).toBe(1);
    expect(await requested.next()).toEqual({ type: 'shutdown', reason: 'spindown' });
    expect(events.asked).toBe(2);
  });

  it('resolves only after the turns of the event loop in which the request is sent', async () => {
    let turns = 0;
    const count = () => {
      turns += 1;
      if (turns < 5) setImmediate(count);
    };
    setImmediate(count);
    await requestFirstEvent(new FakeLifecycleEvents());

    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('passes a failure of the request to the first call of next, and not to the process', async () => {
    const events = new FakeLifecycleEvents();
    const requested = await requestFirstEvent(events);
    events.fail(new Error('no answer'));
    await new Promise((resolve) => setImmediate(resolve));

    await expect(requested.next()).rejects.toThrow('no answer');
  });

  it('passes on what else the lifecycle knows', async () => {
    const events = new FakeLifecycleEvents('unobserved');
    const requested = await requestFirstEvent(Object.assign(events, { account: '123456789012' }));
    const error = new Error('wrong settings');
    await requested.reportInitError(error);

    expect([requested.invocations, requested.account]).toEqual(['unobserved', '123456789012']);
    expect(events.initErrors).toEqual([error]);
  });
});
