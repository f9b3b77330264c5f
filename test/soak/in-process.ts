import process from 'node:process';
import { DynamoDbItemSource } from '../../src/adapters/dynamodb/dynamodb-item-source.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import type { Program } from '../../src/bootstrap/wiring.ts';
import { bodyOf, isAbsence } from '../../src/domain/cache/cache-entry.ts';
import { TtlPolicy } from '../../src/domain/cache/ttl-policy.ts';
import type { RequestHandler } from '../../src/ports/inbound/server.ts';
import { FakeServer } from '../support/application/fake-server.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import type { Moment } from '../support/model/read-history.ts';
import { settingsOf } from '../support/settings.ts';
import { type Driver, ErrorLog } from './driver.ts';
import { SimulatedUpstream } from './fault-schedule.ts';
import type { AnsweredRequest, GeneratedRequest } from './generated-request.ts';
import type { Visibility } from './judge-answer.ts';
import type { SoakReport } from './report.ts';
import { Soak, type SoakOptions } from './soak.ts';
import { CONTENT_TYPES, type Format } from './source-read.ts';
import { type RowKey, specOf } from './tables.ts';
import { LIMITS, World } from './world.ts';

const BASE = 'http://localhost:4000';

/** The program in this process and in simulated time, with a simulated upstream. */
class InProcessDriver implements Driver {
  readonly sharesProcess = true;
  readonly visibility: Visibility = { isExact: true, slackMs: 0 };
  readonly maxOpen = Number.POSITIVE_INFINITY;
  readonly #world: World;
  readonly #clock: FakeClock;
  readonly #events = new FakeLifecycleEvents();
  readonly #log = new ErrorLog();
  readonly #program: Program;
  readonly #handler: RequestHandler;
  readonly #running: Promise<void>;
  #invocations = 0;

  /** @param clock the clock of `world` */
  constructor(world: World, clock: FakeClock) {
    this.#world = world;
    this.#clock = clock;
    const tables = world.tables.map(specOf);
    this.#program = createContainer(settingsOf({ ...LIMITS, tables, preload: true }), {
      clock,
      random: world.chance,
      logger: this.#log,
      server: new FakeServer([]),
      lifecycleEvents: this.#events,
      itemSource: new DynamoDbItemSource(
        tables,
        new SimulatedUpstream(world.origin, world.schedule, clock),
        clock,
      ),
    });
    world.origin.isPreloading = () => this.#events.asked === 0;
    world.ledger.seesAllEnds = true;
    this.#handler = this.#program.get('requestHandler');
    this.#running = this.#program.get('runExtension').run();
  }

  get faults(): readonly string[] {
    return this.#log.faults;
  }

  async send(request: GeneratedRequest): Promise<AnsweredRequest> {
    const { method, target, headers } = request;
    const sent = this.#world.ledger.moment();
    const answer = this.#handler(
      new Request(BASE + target, { method, headers: { host: 'localhost:4000', ...headers } }),
      { overLimit: false },
    );
    return this.#exchange(request, sent, 'then' in answer ? await answer : answer);
  }

  pass(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  async freeze(ms: number, withInvocation: boolean): Promise<void> {
    this.#clock.freeze(ms);
    if (withInvocation) this.invoke();
    await this.#clock.advance(0);
  }

  stepClock(ms: number): void {
    this.#clock.setWall(this.#clock.now() + ms);
  }

  invoke(): void {
    if (this.#events.asked <= this.#invocations) return;
    this.#invocations += 1;
    const deadlineMs = this.#clock.now() + this.#world.chance.between(300, 10_000);
    this.#world.ledger.invoked(deadlineMs);
    this.#events.invoke(deadlineMs);
  }

  monotonicMs(): number {
    return this.#clock.monotonic();
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  async close(): Promise<void> {
    this.#events.shutdown();
    await this.#clock.advance(5_000);
    await this.#running;
  }

  async #exchange(request: GeneratedRequest, sent: Moment, response: Response): Promise<AnsweredRequest> {
    const { expectation } = request;
    const received = this.#world.ledger.moment();
    const isHeldBack = expectation.kind === 'read' && this.#world.ledger.isHeldBack(expectation.row);
    const isFailure = expectation.kind === 'read' && response.status >= 500;
    const isRemembered = isFailure ? this.#remembers(expectation.row, expectation.format) : undefined;
    return {
      request,
      sent,
      received,
      status: response.status,
      headers: new Map(response.headers),
      body: response.body === null ? '' : await response.text(),
      isHeldBack,
      ...(isRemembered === undefined ? {} : { isRemembered }),
    };
  }

  #remembers({ table, hash, sort }: RowKey, format: Format): boolean {
    const query = new Map([
      ['table', table.name],
      ['hashKey', hash],
    ]);
    if (sort !== undefined) query.set('sortKey', sort);
    const { key } = this.#program.get('addressParser').parse(query);
    const entry = key && this.#program.get('cacheStore').get(key);
    const lookup = new TtlPolicy(table.lifetimes).lookup(entry, this.#clock.now());
    if (lookup.outcome === 'miss') return false;
    return isAbsence(lookup.entry) || bodyOf(lookup.entry, CONTENT_TYPES[format]) !== undefined;
  }
}

/** Soaks the program in this process in simulated time. The same seed gives the same run. */
export const soakInProcess = (seed: number, options: SoakOptions): Promise<SoakReport> => {
  const clock = new FakeClock();
  const world = new World({ seed, hurry: 1, wallMs: () => clock.now() });
  return new Soak(world, new InProcessDriver(world, clock), options).run();
};
