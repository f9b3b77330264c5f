import { DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import { type Cache, createCache } from '../../../src/application/create-cache.ts';
import type { AdmittedOperations } from '../../../src/application/dynamodb/admitted-operations.ts';
import { ServeOperations } from '../../../src/application/dynamodb/serve-operations.ts';
import { RunExtension } from '../../../src/application/lifecycle/run-extension.ts';
import type { Coherence } from '../../../src/domain/cache/coherence.ts';
import { TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';
import { PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import { FakeServer } from '../application/fake-server.ts';
import type { Chance } from '../chance.ts';
import { FakeLifecycleEvents } from '../fakes/fake-lifecycle-events.ts';
import { MapCacheStore } from '../fakes/map-cache-store.ts';
import { PlainDigest } from '../fakes/plain-digest.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import type { LaggingDynamoDb } from '../read-your-writes/lagging-dynamodb.ts';
import { decode, encode } from '../read-your-writes/model-world.ts';
import { CheckCount } from './check-count.ts';
import { type FleetJournal, JournalLink } from './fleet-journal.ts';
import type { FleetLedger, FleetRead, FleetWrite } from './fleet-ledger.ts';
import { FleetNetwork } from './fleet-network.ts';
import { type FleetPlan, maxAgeOf, scopeOf } from './fleet-plan.ts';
import { type FleetTier, TierLink } from './fleet-tier.ts';
import { EnvironmentClock, type FleetTime } from './fleet-time.ts';

export interface EnvironmentParts {
  readonly id: number;
  readonly plan: FleetPlan;
  readonly time: FleetTime;
  readonly chance: Chance;
  readonly journal: FleetJournal;
  readonly tier: FleetTier;
  readonly dynamoDb: LaggingDynamoDb;
  readonly ledger: FleetLedger;
  readonly isDown: () => boolean;
}

/** What replaces `invocation` where there are no INVOKE events. */
const WITHOUT_INVOCATIONS: Coherence = { mode: 'interval', ms: 100 };
/** Longest time, freezes included, for which DynamoDB is not asked after its last failure. */
const OUTAGE_MS = 30_000;
/** Milliseconds before the end of an invocation in which DynamoDB is not asked. */
const MARGIN_MS = 100;
/** The message of a preload that failed because DynamoDB or the journal did. */
const EXPECTED_ERROR = 'a group could not be preloaded';

/** One execution environment: the program, with a memory, a clock and connections of its own. */
export class FleetEnvironment {
  readonly id: number;
  readonly clock: EnvironmentClock;
  readonly cache: Cache;
  readonly endpoint: AdmittedOperations;
  readonly tables: ConfiguredTables;
  readonly checks = new CheckCount();
  /** By the headers of a request, the write that it is. */
  readonly writes = new WeakMap<object, FleetWrite>();
  readonly link: JournalLink;
  /** Whether it is told of invocations. */
  readonly isNotified: boolean;
  readonly #parts: EnvironmentParts;
  readonly #network: FleetNetwork;
  readonly #events: FakeLifecycleEvents;
  readonly #logger = new RecordingLogger();
  #invocations = 0;
  #invokedAt = 0;
  /** Wall time at which the invocation ends. */
  #deadlineMs = Number.POSITIVE_INFINITY;
  #sourceFailedAt = Number.NEGATIVE_INFINITY;
  #journalFailedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: EnvironmentParts) {
    const { id, plan, time, chance, journal, tier, ledger } = parts;
    this.id = id;
    this.#parts = parts;
    this.clock = new EnvironmentClock(time);
    this.isNotified = plan.isSnapshot || !chance.oneIn(5);
    this.#events = new FakeLifecycleEvents(this.isNotified ? 'notified' : 'unobserved');
    this.tables = new ConfiguredTables(plan.specs, 'eu-west-1');
    this.link = new JournalLink({
      journal,
      time,
      clock: this.clock,
      chance,
      pages: chance.oneIn(4) ? chance.between(1, 16) : 4,
      ring: chance.pick([1, 2, 8, 32]),
      isUnsteady: plan.hasJournalFaults,
      onCheck: (scope) => this.checks.began(scope, this.cache.invocation.count),
      onFailure: () => {
        this.#journalFailedAt = time.passedMs;
        this.checks.failed();
      },
    });
    this.#network = new FleetNetwork({
      ...parts,
      clock: this.clock,
      onFailure: () => {
        this.#sourceFailedAt = time.passedMs;
      },
    });
    const store = new MapCacheStore({ maxEntries: 50 });
    this.cache = createCache(
      {
        groups: plan.specs.map(({ name, table, lifetimes, preload }) => ({
          name,
          policy: new TtlPolicy(lifetimes),
          contentTypes: [PLAIN, TYPED],
          preload,
          coherence: {
            coherence: plan.coherence.get(name) ?? { mode: 'ttl' },
            scope: scopeOf(table),
            journal: this.link,
          },
          ...(plan.hasTier ? { sharedAs: table } : {}),
        })),
        sharedEntries: new TierLink({ tier, time, clock: this.clock, chance }),
        source: new DynamoDbItemSource(
          plan.specs,
          {
            send: async (call) => {
              const { status, answer } = await this.#network.send(call.operation, JSON.stringify(call.input));
              if (status !== 200) throw new Error('a read that is refused');
              return encode(answer);
            },
          },
          this.clock,
        ),
        store,
        clock: this.clock,
        random: chance,
        digest: new PlainDigest(),
        logger: this.#logger,
      },
      { preload: plan.preloads, awaitsInvocation: plan.isSnapshot, refreshesAtOnce: !this.isNotified },
    );
    const forward: AdmittedOperations = {
      execute: async ({ operation, body, headers }) => {
        const write = this.writes.get(headers);
        const outcome = await this.#network.send(operation, decode(body), ({ sightings, status }) => {
          if (write !== undefined) ledger.happened(write, sightings, status !== 200);
        });
        return { status: outcome.status, headers: { 'content-type': TYPED }, body: encode(outcome.answer) };
      },
    };
    this.endpoint = new ServeOperations({
      cache: this.cache,
      store,
      clock: this.clock,
      tables: this.tables,
      forward,
    });
    void new RunExtension({
      cache: this.cache,
      events: this.#events,
      server: new FakeServer([]),
      metrics: { publish: () => undefined },
      clock: this.clock,
      logger: this.#logger,
    }).run();
  }

  /** Whether the program has asked for the next event, so that an invocation may begin. */
  get isReady(): boolean {
    return !this.isNotified || this.#events.asked > this.#invocations;
  }

  /** An invocation begins now, also for requests that arrive before its event. */
  beginInvocation(): void {
    this.#invokedAt = this.#parts.time.passedMs;
    this.checks.nextInvocation();
  }

  /** The INVOKE event arrives. */
  invoke(): void {
    const { chance } = this.#parts;
    this.#invocations += 1;
    this.clock.deliver(() => {
      if (!this.isNotified) return;
      this.#deadlineMs = this.clock.now() + chance.between(100, 10_000);
      this.#events.invoke(this.#deadlineMs);
    });
  }

  /** The rule by which a read of the group that begins now is judged. */
  readOf(group: string): FleetRead {
    const { plan, time } = this.#parts;
    const spec = plan.specs.find(({ name }) => name === group);
    if (spec === undefined) throw new RangeError(`no group ${group}`);
    const configured = plan.coherence.get(group) ?? { mode: 'ttl' };
    const isReplaced = configured.mode === 'invocation' && !this.isNotified;
    this.checks.read(scopeOf(spec.table));
    const beganAt = time.passedMs;
    return {
      environment: this.id,
      group,
      coherence: isReplaced ? WITHOUT_INVOCATIONS : configured,
      invokedAt: this.#invokedAt,
      maxAgeMs: maxAgeOf(spec),
      isConsistent: spec.consistentRead && this.cache.gate.isOpen,
      // Before the first INVOKE event of a copied process, the endpoint forwards reads unchanged.
      mayLag: !this.cache.gate.isOpen,
      isSingle: () => this.#network.isSingleSince(beganAt),
      mayBeStale: () => spec.lifetimes.staleIfErrorMs > 0 && this.#hasOutage(group, beganAt),
    };
  }

  /** Everything that is wrong, although every answer was right. */
  faults(): readonly string[] {
    const errors = this.#logger.at('error').filter(({ message }) => message !== EXPECTED_ERROR);
    return [
      ...errors.map(({ message, fields }) => `logged: ${message} ${String(fields.error)}`),
      ...(this.isNotified ? this.checks.faults(this.#checkedPerInvocation()) : []),
    ];
  }

  /** Whether neither DynamoDB nor the journal may have answered a read that began then. */
  #hasOutage(group: string, beganAt: number): boolean {
    const isUnchecked =
      this.#journalFailedAt >= beganAt || this.cache.coherence?.mayUseMemory(group) === false;
    // Shortly before the end of an invocation, the program does not ask any more.
    const isTooLate = this.clock.now() >= this.#deadlineMs - MARGIN_MS;
    return isUnchecked && (isTooLate || this.#sourceFailedAt >= beganAt - OUTAGE_MS);
  }

  /** Scopes all of whose groups are checked once in an invocation. */
  #checkedPerInvocation(): ReadonlySet<string> {
    const { specs, coherence } = this.#parts.plan;
    const others = specs.filter(({ name }) => coherence.get(name)?.mode === 'interval');
    const scopes = new Set(specs.map(({ table }) => scopeOf(table)));
    for (const { table } of others) scopes.delete(scopeOf(table));
    return scopes;
  }
}
