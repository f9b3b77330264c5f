import { describe, expect, it } from '@jest/globals';
import { RunWhenIdle } from '../../src/bootstrap/run-when-idle.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('RunWhenIdle', () => {
  it('runs its task once, in the turn of the event loop after the first event is requested', async () => {
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
