import type { Status } from '../../src/ports/inbound/status-reader.ts';
import type { Driver } from './driver.ts';
import type { AnsweredRequest, GeneratedRequest } from './generated-request.ts';
import { Judge } from './judge.ts';
import { faultsOfGrowth, type MemorySample, type SoakReport, Tally } from './report.ts';
import { LIMITS, type World } from './world.ts';

/** One line with the order of request and answer, both, and the faults. */
export const complaint = (
  { request, sent, received, status, headers }: AnsweredRequest,
  faults: readonly string[],
): string => {
  const { method, target } = request;
  const asked = `${sent.order}–${received.order} ${method} ${target} ${JSON.stringify(request.headers)}`;
  const age = headers.has('age') ? `, Age ${headers.get('age')}` : '';
  return `${asked} → ${status} ${headers.get('cache-status') ?? ''}${age}: ${faults.join('; ')}`;
};

/** Parses the body of `/health`. */
export const statusIn = (body: string): Status => {
  const status: Status = JSON.parse(body);
  return status;
};

/** Faults in the size of the store. */
const faultsOfStore = ({ store }: Status, maxBytes: number): readonly string[] => {
  if (store.maxBytes !== maxBytes) return [`the bound of the store is ${store.maxBytes}, not ${maxBytes}`];
  return store.bytes > maxBytes
    ? [`the store holds ${store.bytes} bytes, more than its bound of ${maxBytes}`]
    : [];
};

/** The least size of an entry without its body, as measured for the store. */
const COST_OF_KEEPING_BYTES = 800;

const WISH = { header: 'only-if-cached', onlyIfCached: true };
const HEALTH: GeneratedRequest = {
  method: 'GET',
  target: '/health',
  headers: {},
  expectation: { kind: 'health' },
};

/**
 * Requests every row from memory: the sum of sizes must not exceed the bound.
 *
 * @returns the faults found
 */
const auditMemory = async (
  { rows, requests }: World,
  driver: Driver,
  take: (exchange: AnsweredRequest) => void,
): Promise<readonly string[]> => {
  await driver.pass(0);
  let bytes = 0;
  for (const row of rows) {
    const exchange = await driver.send(requests.read(row, WISH));
    take(exchange);
    if (exchange.status === 200)
      bytes += COST_OF_KEEPING_BYTES + Number(exchange.headers.get('content-length'));
  }
  take(await driver.send(HEALTH));
  if (bytes <= LIMITS.maxBytes) return [];
  return [`memory answered with ${bytes} bytes, more than its bound of ${LIMITS.maxBytes}`];
};

export interface SoakOptions {
  readonly requests: number;
  /** Called after each twentieth of the run. */
  readonly onProgress?: (requests: number) => void;
  /** Forces a collection and returns the used heap, where possible. */
  readonly heapBytes?: () => number;
}

/** A run ends after this number of faults. */
const MAX_FAULTS = 5;
/** Requests between two audits of memory. */
const AUDIT_EVERY = 4_000;
/** Requests of a burst; fewer than the connection limit. */
const FLOOD = 150;
const QUARTERS = 4;
/** The longest wait of a reader: two reads, each with its wait for admission and its timeout, and a freeze. */
const MAX_WAIT_MS = 30_000;
const PROGRESS_STEPS = 20;

/** One run: sends requests, changes rows and the schedule, and lets time pass. */
export class Soak {
  readonly #world: World;
  readonly #driver: Driver;
  readonly #options: SoakOptions;
  readonly #judge: Judge;
  readonly #tally = new Tally();
  readonly #faults: string[] = [];
  readonly #memory: MemorySample[] = [];
  #sent = 0;
  #open = 0;
  #evictions = 0;
  #audits = 0;
  #reported = 0;

  constructor(world: World, driver: Driver, options: SoakOptions) {
    this.#world = world;
    this.#driver = driver;
    this.#options = options;
    this.#judge = new Judge(world.ledger, driver.visibility);
  }

  /** Runs until all requests are answered and the program has shut down. */
  async run(): Promise<SoakReport> {
    this.#sample();
    while (this.#sent < this.#options.requests && this.#countFaults() < MAX_FAULTS) {
      await this.#step();
      if (this.#sent >= AUDIT_EVERY * (this.#audits + 1)) await this.#audit();
      this.#report();
    }
    await this.#audit();
    await this.#settle();
    this.#sample();
    await this.#driver.close();
    return {
      tally: this.#tally,
      faults: [
        ...this.#faults,
        ...this.#world.ledger.faults,
        ...this.#driver.faults,
        ...(this.#canJudgeMemory ? faultsOfGrowth(this.#memory) : []),
      ],
      reads: this.#world.origin.reads,
      evictions: this.#evictions,
      memory: this.#memory,
    };
  }

  /** In a shared process, only the heap after a collection is meaningful. */
  get #canJudgeMemory(): boolean {
    return !this.#driver.sharesProcess || this.#options.heapBytes !== undefined;
  }

  async #step(): Promise<void> {
    const { chance, schedule, requests, rows } = this.#world;
    if (chance.oneIn(3))
      for (let rest = chance.between(1, 4); rest > 0; rest -= 1) this.#world.write(requests.row());
    if (chance.oneIn(15)) schedule.change(chance.pick(rows).table.name);
    if (chance.oneIn(8)) this.#driver.invoke();
    if (chance.oneIn(400)) this.#driver.stepClock(chance.between(-20_000, 20_000));
    if (chance.oneIn(300)) await this.#driver.freeze(chance.between(50, 8_000), chance.oneIn(2));
    if (chance.oneIn(250))
      for (let rest = FLOOD; rest > 0; rest -= 1) this.#send(requests.read(chance.pick(rows)));
    for (let rest = chance.between(1, 20); rest > 0; rest -= 1) this.#send(requests.next());
    await this.#driver.pass(chance.oneIn(30) ? chance.between(1_000, 12_000) : chance.below(200));
    while (this.#open > this.#driver.maxOpen) await this.#driver.pass(1);
  }

  #send(request: GeneratedRequest): void {
    this.#sent += 1;
    this.#open += 1;
    this.#world.ledger.load.readerComes();
    const startedAt = this.#driver.monotonicMs();
    this.#driver.send(request).then(
      (exchange) => {
        this.#open -= 1;
        this.#take(exchange, this.#driver.monotonicMs() - startedAt);
        this.#world.ledger.load.readerGoes();
      },
      (error: unknown) => {
        this.#open -= 1;
        this.#world.ledger.load.readerGoes();
        this.#faults.push(`${request.method} ${request.target} got no answer: ${String(error)}`);
      },
    );
  }

  #take(exchange: AnsweredRequest, ms = 0): void {
    const { kind, faults } = this.#judge.judge(exchange);
    this.#tally.add(kind, exchange, ms);
    if (faults.length > 0) this.#faults.push(complaint(exchange, faults));
    if (exchange.request.expectation.kind !== 'health' || exchange.status !== 200) return;
    const status = statusIn(exchange.body);
    this.#evictions = status.store.evictions;
    this.#faults.push(...faultsOfStore(status, LIMITS.maxBytes));
  }

  async #audit(): Promise<void> {
    this.#audits += 1;
    const faults = await auditMemory(this.#world, this.#driver, (exchange) => {
      this.#sent += 1;
      this.#take(exchange);
    });
    this.#faults.push(...faults);
  }

  /** Waits until every reader has an answer. */
  async #settle(): Promise<void> {
    this.#world.schedule.clear();
    const startedAt = this.#driver.monotonicMs();
    while (this.#open > 0 && this.#driver.monotonicMs() - startedAt < MAX_WAIT_MS)
      await this.#driver.pass(500);
    if (this.#open > 0) this.#faults.push(`${this.#open} readers got no answer`);
  }

  #report(): void {
    const { requests, onProgress } = this.#options;
    const part = Math.floor((this.#sent / requests) * PROGRESS_STEPS);
    if (part <= this.#reported) return;
    this.#reported = part;
    onProgress?.(this.#sent);
    const quarter = Math.floor((this.#sent / requests) * QUARTERS);
    if (quarter >= this.#memory.length && quarter < QUARTERS) this.#sample();
  }

  #sample(): void {
    const heapBytes = this.#options.heapBytes?.();
    const sample = { requests: this.#sent, residentBytes: this.#driver.residentBytes() };
    this.#memory.push(heapBytes === undefined ? sample : { ...sample, heapBytes });
  }

  #countFaults(): number {
    return this.#faults.length + this.#world.ledger.faults.length + this.#driver.faults.length;
  }
}
