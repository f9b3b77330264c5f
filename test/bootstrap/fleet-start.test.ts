import { describe, expect, it } from '@jest/globals';
import { parametersSection } from '../../src/adapters/config/cache-yaml/value-sections.ts';
import { loadSettings } from '../../src/adapters/config/load-settings.ts';
import type { Settings } from '../../src/adapters/config/settings.ts';
import { SsmSource } from '../../src/adapters/ssm/ssm-source.ts';
import type { Program } from '../../src/bootstrap/components.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { valueSourceParts } from '../../src/bootstrap/modules/named-values.ts';
import { parameters } from '../../src/bootstrap/modules/parameters-and-secrets.module.ts';
import type { SourceModule } from '../../src/bootstrap/modules/source-module.ts';
import type { EntryKey } from '../../src/domain/cache/cache-entry.ts';
import { SourceThrottledError } from '../../src/domain/cache/errors.ts';
import { VALUE } from '../../src/domain/named-values/value-bodies.ts';
import { ParameterDirectory } from '../../src/domain/parameters/parameter-directory.ts';
import type { Clock } from '../../src/ports/outbound/clock.ts';
import { ANY, textOf } from '../support/application/create-application.ts';
import { FakeServer } from '../support/application/fake-server.ts';
import { Chance } from '../support/chance.ts';
import { writeCacheYaml } from '../support/e2e/cache-yaml-file.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { MapCacheStore } from '../support/fakes/map-cache-store.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';

// 200 programs in one process, in virtual time: they share a clock that moves only when all of them wait.

const ENVIRONMENTS = 200;
/** The default of an account for all calls of Parameter Store together. */
const CALLS_PER_SECOND = 40;
/** A throttled function reads again after this time, as `Retry-After` says. */
const READ_AGAIN_MS = 1_000;

const LISTED = Array.from({ length: 12 }, (_, index) => `/app/${index}`);
const PATH = '/shop/prod';
const BELOW_PATH = ['host', 'port', 'user'].map((name) => `${PATH}/${name}`);
const NAMES = [...LISTED, ...BELOW_PATH];

const CACHE_YAML = `parameters:\n  - names: [${LISTED.join(', ')}]\n  - path: ${PATH}\n`;
const PATHS = new Map([['parameters:2', PATH]]);

interface Input {
  readonly Name: string;
  readonly Names: readonly string[];
}

/** Parameter Store of one account: answers a number of calls in any second, and throttles the others. */
class ThrottlingParameterStore {
  admitted = 0;
  throttled = 0;
  readonly #clock: Clock;
  #recent: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {SourceThrottledError} by rejection, which is how `SsmSource` reports a `ThrottlingException` */
  async answer(operation: string, input: Input): Promise<Uint8Array> {
    const now = this.#clock.monotonic();
    this.#recent = this.#recent.filter((at) => at > now - 1_000);
    if (this.#recent.length >= CALLS_PER_SECOND) {
      this.throttled += 1;
      throw new SourceThrottledError(`${operation} was throttled`, { retryAfterMs: READ_AGAIN_MS });
    }
    this.#recent.push(now);
    this.admitted += 1;
    return new TextEncoder().encode(JSON.stringify(answers[operation]?.(input)));
  }
}

const parameter = (Name: string) => ({ Name, Type: 'String', Value: `value of ${Name}`, Version: 1 });

const answers: Readonly<Record<string, (input: Input) => unknown>> = {
  GetParameter: ({ Name }) => ({ Parameter: parameter(Name) }),
  GetParameters: ({ Names }) => ({ Parameters: Names.map(parameter), InvalidParameters: [] }),
  GetParametersByPath: () => ({ Parameters: BELOW_PATH.map(parameter) }),
};

/** Reads from that Parameter Store in place of the network. */
class FleetSource extends SsmSource {
  readonly #store: ThrottlingParameterStore;

  constructor(program: Program, store: ThrottlingParameterStore) {
    const directory = parameters.directoryOf(program) ?? new ParameterDirectory([]);
    super(directory, PATHS, { ...valueSourceParts(program), regions: new Map() });
    this.#store = store;
  }

  override async ask<Answer>(
    { operation, input }: { readonly operation: string; readonly input: unknown },
    _signal: AbortSignal,
    read: (response: Uint8Array) => Answer,
  ): Promise<Answer> {
    return read(await this.#store.answer(operation, inputOf(input)));
  }
}

const inputOf = (input: unknown): Input => ({ Name: '', Names: [], ...Object(input) });

const fleetModule = (store: ThrottlingParameterStore): SourceModule => ({
  ...parameters.module,
  groups: (program) => {
    const source = new FleetSource(program, store);
    return parameters.module.groups(program).map((group) => ({ ...group, source }));
  },
});

/** One execution environment: the program, and a function that reads all parameters, one after the other, in its first invocation. */
class Environment {
  /** Virtual milliseconds until the first `next`, which ends the initialization. */
  readyMs: number | undefined;
  /** What the function has read, by name. */
  readonly values = new Map<string, string | undefined>();
  readonly events = new FakeLifecycleEvents();
  readonly program: Program;
  readonly #clock: FakeClock;

  constructor(settings: Settings, clock: FakeClock, store: ThrottlingParameterStore, seed: number) {
    this.#clock = clock;
    const overrides = {
      clock,
      random: new Chance(seed),
      lifecycleEvents: this.events,
      server: new FakeServer([]),
      cacheStore: new MapCacheStore(),
      logger: new RecordingLogger(),
    };
    this.program = createContainer(settings, overrides, [fleetModule(store)]);
  }

  async run(): Promise<void> {
    void this.program.get('runExtension').run();
    await this.events.whenAsked(1);
    this.readyMs = this.#clock.passedMs;
  }

  /** The state of each group after the preload. */
  get preloads(): readonly string[] {
    return this.program
      .get('cache')
      .status.status()
      .preload.map(({ state }) => state);
  }

  async invoke(): Promise<void> {
    this.events.invoke();
    const directory = parameters.directoryOf(this.program);
    for (const name of NAMES) {
      const key = directory?.keyOf({ name, withDecryption: true });
      if (key !== undefined) this.values.set(name, await this.#read(key));
    }
  }

  async #read(key: EntryKey): Promise<string | undefined> {
    for (;;) {
      try {
        return textOf(
          await this.program.get('cache').reader.read(key, { contentType: VALUE, freshness: ANY }),
        );
      } catch (error) {
        if (!(error instanceof SourceThrottledError)) throw error;
        await new Promise<void>((resolve) => this.#clock.after(READ_AGAIN_MS, resolve));
      }
    }
  }
}

/** Starts all environments at once. Resolves when all are ready. */
const startFleet = async (preloadTimeout: string) => {
  const file = await writeCacheYaml(CACHE_YAML);
  const settings = await loadSettings(
    {
      AWS_REGION: 'eu-west-1',
      CACHE_EXTENSION_CONFIG: file.path,
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      CACHE_EXTENSION_PRELOAD_TIMEOUT: preloadTimeout,
    },
    undefined,
    [parametersSection],
  ).finally(() => file.remove());
  const clock = new FakeClock();
  const store = new ThrottlingParameterStore(clock);
  const fleet = Array.from(
    { length: ENVIRONMENTS },
    (_, seed) => new Environment(settings, clock, store, seed),
  );
  const whenAll = async (task: (environment: Environment) => Promise<void>, maxMs: number) => {
    let isDone = false;
    const done = Promise.all(fleet.map(task)).finally(() => {
      isDone = true;
    });
    for (const end = clock.passedMs + maxMs; !isDone && clock.passedMs < end; ) await clock.advance(100);
    if (isDone) await done;
  };
  await whenAll((environment) => environment.run(), 60_000);
  return { fleet, store, clock, whenAll };
};

const slowest = (fleet: readonly Environment[]): number =>
  Math.max(...fleet.map(({ readyMs = Number.POSITIVE_INFINITY }) => readyMs));

describe(`${ENVIRONMENTS} environments that start at once, with ${CALLS_PER_SECOND} calls a second among them`, () => {
  it('are ready within the preload time-out, and then read every parameter', async () => {
    const { fleet, store, whenAll } = await startFleet('8s');

    expect(slowest(fleet)).toBeLessThanOrEqual(8_000);
    expect(fleet.flatMap(({ preloads }) => preloads).filter((state) => state === 'failed')).toEqual([]);
    expect(fleet.flatMap(({ events }) => events.initErrors)).toEqual([]);
    expect(store.admitted).toBe(8 * CALLS_PER_SECOND);
    // Without jitter it is none: each environment then gets its first call before any gets its last.
    const complete = fleet.filter(({ preloads }) => preloads.every((state) => state === 'complete'));
    expect(complete.length).toBeGreaterThan(10);

    await whenAll((environment) => environment.invoke(), 120_000);

    const expected = new Map(NAMES.map((name) => [name, `value of ${name}`]));
    for (const { values } of fleet)
      expect(new Map([...values].sort())).toEqual(new Map([...expected].sort()));
  });
});
