import { EventEmitter } from 'node:events';
import { registerExtension } from '../../src/adapters/lambda/extensions-api.ts';
import { SignalEvents } from '../../src/adapters/process/signal-events.ts';
import { SAMPLE_NAME, silentExtension, startLambda } from '../../tools/lambda-emulator/index.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { describeLifecycleEvents } from './lifecycle-events.contract.ts';

describeLifecycleEvents({
  name: 'ExtensionSession',
  async start() {
    const lambda = await startLambda({ extension: silentExtension(), shutdownMs: 60_000 });
    lambda.init();
    const { registered } = registerExtension({ runtimeApi: lambda.runtimeApi, name: SAMPLE_NAME });
    // Lambda has nothing to tell before the init is over.
    const afterInit = (tell: () => Promise<unknown>) => {
      lambda
        .when('init-done')
        .then(tell)
        .catch(() => undefined);
    };
    return {
      events: await registered,
      invoke: () => afterInit(() => lambda.invoke()),
      shutdown: () => afterInit(() => lambda.shutdown()),
      shutdownReason: 'spindown',
      reported: () => String(lambda.journal.find('init-error')?.body),
      close: () => lambda.close(),
    };
  },
});

describeLifecycleEvents({
  name: 'SignalEvents',
  withoutInvoke: 'a process outside Lambda serves no invocations',
  async start() {
    const signals = new EventEmitter();
    const written: string[] = [];
    return {
      events: new SignalEvents(signals, { write: (text) => written.push(text) }),
      shutdown: () => signals.emit('SIGTERM'),
      shutdownReason: 'sigterm',
      reported: () => written.join(''),
      close: async () => undefined,
    };
  },
});

describeLifecycleEvents({
  name: 'FakeLifecycleEvents',
  async start() {
    const events = new FakeLifecycleEvents();
    return {
      events,
      invoke: () => events.invoke(),
      shutdown: () => events.shutdown(),
      shutdownReason: 'spindown',
      reported: () => events.initErrors.map(({ message }) => message).join(),
      close: async () => undefined,
    };
  },
});
