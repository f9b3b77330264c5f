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
  /** Told by events, if left out. */
  readonly invocations?: Invocations;
  /** Whether the environment has had an earlier process; it has not if left out. */
  readonly startKind?: StartKind;
  readonly preloadHold?: PreloadHold;
  /** What the publisher of metrics does; nothing if left out. */
  readonly onPublish?: MetricsPublisher['publish'];
  /** What the closing of the server does; nothing if left out. */
  readonly onClose?: () => Promise<void>;
  /** Puts something between the extension and the fake events. */
  readonly throughEvents?: (events: FakeLifecycleEvents) => LifecycleEvents;
}

/** The whole application with its surroundings, not running yet. */
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
