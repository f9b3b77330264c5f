import { expect, it } from '@jest/globals';
import { createContainer } from '../../src/bootstrap/container.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { settingsOf } from '../support/settings.ts';

it.each([
  // Where no invocation would ever be told of, nothing could open the gate.
  { isSnapshotted: true, invocations: 'told', isOpen: false },
  { isSnapshotted: true, invocations: 'untold', isOpen: true },
  { isSnapshotted: true, invocations: 'none', isOpen: true },
  { isSnapshotted: false, invocations: 'told', isOpen: true },
] as const)(
  'snapshotted: $isSnapshotted, invocations: $invocations: the source may be asked from the start: $isOpen',
  ({ isSnapshotted, invocations, isOpen }) => {
    const lifecycleEvents = new FakeLifecycleEvents(invocations);

    const program = createContainer(settingsOf({ isSnapshotted }), { lifecycleEvents });

    expect(program.get('cache').gate.isOpen).toBe(isOpen);
  },
);
