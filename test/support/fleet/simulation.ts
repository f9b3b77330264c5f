import { Chance } from '../chance.ts';
import { LaggingDynamoDb, LaggingTables } from '../read-your-writes/lagging-dynamodb.ts';
import type { SimulationResult } from '../read-your-writes/simulation.ts';
import { FleetClient } from './fleet-client.ts';
import { FleetEnvironment } from './fleet-environment.ts';
import { FleetJournal, type JournalOutage } from './fleet-journal.ts';
import { FleetLedger } from './fleet-ledger.ts';
import { type FleetPlan, planOf, scopeOf } from './fleet-plan.ts';
import { FleetTier, type TierOutage } from './fleet-tier.ts';
import { FleetTime } from './fleet-time.ts';

/** Operations of one world. */
const OPERATIONS = 60;
/** No world lasts longer. */
const MAX_PASSED_MS = 3_600_000;
/** Longer than any operation may take without a freeze. */
const REST_MS = 30_000;

const OUTAGES: readonly [JournalOutage, ...JournalOutage[]] = ['throttled', 'denied', 'hanging', 'lossy'];

const TIER_OUTAGES: readonly [TierOutage, ...TierOutage[]] = ['down', 'hanging', 'late', 'stale', 'corrupt'];

/** What a world came to. */
export interface FleetResult extends SimulationResult {
  /** Checks of the journal. */
  readonly checks: number;
  readonly invocations: number;
  /** Answers of the second tier, and those of them that were not used. */
  readonly shared: number;
  readonly unproved: number;
}

/** Several environments over one DynamoDB and one journal; the same for the same seed. */
class FleetWorld {
  readonly #chance: Chance;
  readonly #plan: FleetPlan;
  readonly #time = new FleetTime();
  readonly #journal: FleetJournal;
  readonly #tier: FleetTier;
  readonly #tables = new LaggingTables(this.#time);
  readonly #ledger = new FleetLedger(this.#tables, this.#time);
  readonly #dynamoDb: LaggingDynamoDb;
  readonly #client: FleetClient;
  readonly #environments: FleetEnvironment[] = [];
  #isDown = false;
  #invocations = 0;
  /** Operations of environments that have disappeared. */
  #lost = 0;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#plan = planOf(this.#chance);
    this.#journal = new FleetJournal(this.#plan.specs.map(({ table }) => scopeOf(table)));
    this.#tier = new FleetTier(this.#time, this.#chance);
    this.#dynamoDb = new LaggingDynamoDb(this.#tables, this.#chance);
    this.#client = new FleetClient({
      ledger: this.#ledger,
      tables: this.#tables,
      time: this.#time,
      chance: this.#chance,
      keys: this.#plan.keys,
      isQuiet: this.#plan.isQuiet,
    });
  }

  async run(operations: number): Promise<FleetResult> {
    const { environments, hasJournalFaults, hasTierFaults, hasOutages } = this.#plan;
    let isOver = false;
    const lives = Array.from({ length: environments }, () => this.#fillPlace(operations));
    if (hasJournalFaults) void this.#breakJournal(() => isOver);
    if (hasTierFaults) void this.#breakTier(() => isOver);
    if (hasOutages) void this.#breakDynamoDb(() => isOver);
    const faults: string[] = [];
    void Promise.all(lives).then(
      () => (isOver = true),
      (error: unknown) => faults.push(`the world broke off: ${String(error)}`),
    );
    await this.#time.run(() => isOver || faults.length > 0, MAX_PASSED_MS);
    this.#journal.outage = 'none';
    const unanswered = () => this.#client.operations - this.#client.ended - this.#lost;
    await this.#time.run(() => unanswered() === 0, REST_MS);
    if (unanswered() > 0) faults.push(`${unanswered()} operations got no answer`);
    faults.push(...this.#client.faults, ...this.#environments.flatMap((each) => each.faults()));
    const all = this.#environments.map(({ cache }) => cache.status.status());
    const counts = all.map((each) => each.counts);
    return {
      faults: [...this.#ledger.faults, ...faults],
      reads: this.#ledger.reads,
      writes: this.#ledger.writes,
      hits: counts.reduce((sum, { hits, staleHits }) => sum + hits + staleHits, 0),
      checks: this.#environments.reduce((sum, { checks }) => sum + checks.total, 0),
      invocations: this.#invocations,
      shared: all.reduce((sum, { tier }) => sum + (tier?.hits ?? 0), 0),
      unproved: all.reduce((sum, { tier }) => sum + (tier?.unproved ?? 0), 0),
    };
  }

  /** One environment after the other, each of which lives for some invocations. */
  async #fillPlace(operations: number): Promise<void> {
    const chance = this.#chance;
    while (this.#client.operations < operations) {
      const environment = this.#start();
      const open = new OpenOperations();
      const lives = chance.between(3, 20);
      for (let count = 0; count < lives && this.#client.operations < operations; count += 1) {
        if (count > 0 || chance.oneIn(2)) await this.#time.pause(chance.between(3, 30));
        if (environment.isNotified || chance.oneIn(4)) environment.clock.freeze();
        await this.#time.pause(this.#idleMs());
        environment.clock.thaw();
        await this.#whenReady(environment);
        const isCrashing = count === lives - 1 && chance.oneIn(2);
        await this.#invoke(environment, open, isCrashing);
      }
      if (this.#client.operations < operations || chance.oneIn(2)) {
        environment.clock.end();
        this.#lost += open.count;
      } else environment.clock.thaw();
    }
  }

  #start(): FleetEnvironment {
    const environment = new FleetEnvironment({
      id: this.#environments.length,
      plan: this.#plan,
      time: this.#time,
      chance: this.#chance,
      journal: this.#journal,
      tier: this.#tier,
      dynamoDb: this.#dynamoDb,
      ledger: this.#ledger,
      isDown: () => this.#isDown,
    });
    this.#environments.push(environment);
    return environment;
  }

  /** Lambda invokes only environments whose extensions have asked for the next event. */
  async #whenReady(environment: FleetEnvironment): Promise<void> {
    while (!environment.isReady) await this.#time.pause(10);
  }

  async #invoke(environment: FleetEnvironment, open: OpenOperations, isCrashing: boolean): Promise<void> {
    const chance = this.#chance;
    this.#invocations += 1;
    const act = () => {
      for (let count = chance.between(1, 3); count > 0; count -= 1)
        environment.clock.deliver(() => open.add(this.#client.act(environment)));
    };
    environment.beginInvocation();
    // A request may arrive before the event.
    if (chance.oneIn(2)) {
      act();
      if (chance.oneIn(2)) await this.#time.pause(0);
      environment.invoke();
    } else {
      environment.invoke();
      act();
    }
    const isFrozen = chance.oneIn(6);
    if (isFrozen) void this.#freezeWithin(environment);
    for (let steps = chance.between(0, 3); steps > 0; steps -= 1) {
      await this.#time.pause(chance.between(0, 60));
      act();
    }
    if (isCrashing) await this.#time.pause(chance.between(0, 30));
    else if (chance.oneIn(3)) await this.#time.pause(chance.between(0, 40));
    else await open.none();
  }

  /** Stops the environment in the middle of an invocation. */
  async #freezeWithin(environment: FleetEnvironment): Promise<void> {
    const chance = this.#chance;
    await this.#time.pause(chance.between(0, 60));
    environment.clock.freeze();
    await this.#time.pause(chance.oneIn(3) ? chance.between(500, 12_000) : chance.between(1, 600));
    environment.clock.thaw();
  }

  #idleMs(): number {
    const chance = this.#chance;
    if (this.#plan.isQuiet && chance.oneIn(3)) return chance.between(8_000, 13_000);
    switch (chance.below(8)) {
      case 0:
        return chance.between(5_000, 14_000);
      case 1:
      case 2:
        return chance.between(500, 3_000);
      default:
        return chance.between(3, 300);
    }
  }

  async #breakJournal(isOver: () => boolean): Promise<void> {
    const chance = this.#chance;
    while (!isOver()) {
      await this.#time.pause(chance.between(500, 8_000));
      if (chance.oneIn(2)) this.#reset(chance.oneIn(4));
      if (chance.oneIn(2)) continue;
      this.#journal.outage = chance.pick(OUTAGES);
      await this.#time.pause(chance.between(100, 4_000));
      if (chance.oneIn(4)) this.#reset(false);
      this.#journal.outage = 'none';
    }
  }

  #reset(isEmpty: boolean): void {
    this.#journal.reset(isEmpty);
    this.#ledger.journalWasReset();
  }

  async #breakTier(isOver: () => boolean): Promise<void> {
    const chance = this.#chance;
    while (!isOver()) {
      await this.#time.pause(chance.between(500, 8_000));
      if (chance.oneIn(3)) this.#tier.flush();
      this.#tier.outage = chance.pick(TIER_OUTAGES);
      await this.#time.pause(chance.between(100, 8_000));
      this.#tier.outage = 'none';
    }
  }

  async #breakDynamoDb(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#time.pause(this.#chance.between(2_000, 20_000));
      this.#isDown = true;
      await this.#time.pause(this.#chance.between(500, 4_000));
      this.#isDown = false;
    }
  }
}

/** The operations of one environment that have not ended. */
class OpenOperations {
  readonly #open = new Set<Promise<void>>();

  add(operation: Promise<void>): void {
    this.#open.add(operation);
    void operation.then(() => this.#open.delete(operation));
  }

  get count(): number {
    return this.#open.size;
  }

  async none(): Promise<void> {
    await Promise.all(this.#open);
  }
}

/** Runs one world, and has all its reads judged. Never rejects. */
export const simulateFleet = (seed: number, operations = OPERATIONS): Promise<FleetResult> =>
  new FleetWorld(seed).run(operations);
