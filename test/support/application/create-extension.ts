import { type PreloadHold, RunExtension } from '../../../src/application/lifecycle/run-extension.ts';
import type {
  Invocations,
  LifecycleEvents,
  StartKind,
} from '../../../src/ports/outbound/lifecycle-events.ts';
import type { MetricsPublisher } from '../../../src/ports/outbound/metrics-publisher.ts';
import { FakeLifecycleEvents } from '../fakes/fake-lifecycle-events.ts';
import { type Application, type ApplicationOptions, createApplication } from './create-application.ts';
import { FakeServer } from './fake-server.ts';

export interface ExtensionOptions extends ApplicationOptions {
  /** Default: events notify of invocations. */
  readonly invocations?: Invocations;
  /** Whether the environment has had an earlier process; it has not if left out. */
  readonly startKind?: StartKind;
  readonly preloadHold?: PreloadHold;
  /** Called when metrics are published. Default: does nothing. */
  readonly onPublish?: MetricsPublisher['publish'];
  /** Called when the server is closed. Default: does nothing. */
  readonly onClose?: () => Promise<void>;
  /** Wraps the fake events. */
  readonly throughEvents?: (events: FakeLifecycleEvents) => LifecycleEvents;
}

/** Creates the application with fakes of its environment. Does not run it. */
export const createExtension = (options: ExtensionOptions = {}) => {
  const app: Application = createApplication(options);
  const journal: string[] = [];
  const events = new FakeLifecycleEvents(options.invocations, options.startKind);
  const server = new FakeServer(journal, options.onClose);
  const metrics: MetricsPublisher = {
    publish: (status, last) => {
      journal.push(last ? 'metrics published for the last time' : 'metrics published');
      options.onPublish?.(status, last);
    },
  };
  const extension = new RunExtension({
    cache: app,
    events: options.throughEvents?.(events) ?? events,
    server,
    metrics,
    clock: app.clock,
    logger: app.logger,
    preloadHold: options.preloadHold,
  });
  return { ...app, extension, events, journal };
};
