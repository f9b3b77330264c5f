import { expect, it } from '@jest/globals';
import { createContainer } from '../../src/bootstrap/container.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { settingsOf } from '../support/settings.ts';

it.each([
  // Without notifications of invocations, nothing could open the gate.
  { isSnapshotted: true, invocations: 'notified', isOpen: false },
  { isSnapshotted: true, invocations: 'unobserved', isOpen: true },
  { isSnapshotted: true, invocations: 'none', isOpen: true },
  // Deprecated values of version 0.1.0.
  { isSnapshotted: true, invocations: 'told', isOpen: false },
  { isSnapshotted: true, invocations: 'untold', isOpen: true },
  { isSnapshotted: false, invocations: 'notified', isOpen: true },
] as const)(
  'with snapshots: $isSnapshotted and invocations: $invocations, the source gate is open at the start: $isOpen',
  ({ isSnapshotted, invocations, isOpen }) => {
    const lifecycleEvents = new FakeLifecycleEvents(invocations);

    const program = createContainer(settingsOf({ isSnapshotted }), { lifecycleEvents });

    expect(program.get('cache').gate.isOpen).toBe(isOpen);
  },
);

it('drops the connections of the forwarder of operations when the first invocation begins', async () => {
  let dropped = 0;
  const program = createContainer(settingsOf({ isSnapshotted: true }), {
    lifecycleEvents: new FakeLifecycleEvents('notified'),
    operationForwarder: {
      forward: async () => ({ status: 200, headers: {}, body: new Uint8Array() }),
      dropConnections: () => {
        dropped += 1;
      },
    },
  });
  await program.get('deferredOperations').load();
  expect(dropped).toBe(0);
  program.get('cache').gate.open();

  expect(dropped).toBe(1);
});
