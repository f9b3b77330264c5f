import { describe, expect, it } from '@jest/globals';
import { RunWhenIdle } from '../../src/bootstrap/run-when-idle.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('the moment of idleness', () => {
  it('comes once the first event is asked for, a turn of the event loop after that, and never again', async () => {
    let uses = 0;
    const events = new RunWhenIdle(new FakeLifecycleEvents(), () => {
      uses += 1;
    });
    await turns(3);
    expect(uses).toBe(0);

    void events.next();
    expect(uses).toBe(0);
    await turns(3);
    expect(uses).toBe(1);
    void events.next();
    await turns(3);
    expect(uses).toBe(1);
  });
});
