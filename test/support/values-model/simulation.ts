import { setImmediate as macrotask } from 'node:timers/promises';
import { Chance } from '../chance.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { Chronology } from '../model/read-history.ts';
import { ModelReader } from './model-reader.ts';
import { ModelWriter } from './model-writer.ts';
import { ModelledAws } from './modelled-aws.ts';
import { ProgramUnderModel } from './program-under-model.ts';
import { LIFETIMES, ReadJudge } from './read-judge.ts';

/** Operations that may be unanswered at a time. */
const MAX_OPEN = 8;
/** Operations between two looks at metrics and health. */
const STATUS_EVERY = 500;
/** The wall clock is stepped by up to so much from the right time. */
const MAX_STEP_MS = 60_000;
/** Longer than any operation can last. */
const LONGEST_MS = 120_000;
/** The end of an invocation would be a failure that AWS does not know of. */
const DEADLINE_MS = 900_000;
/** After so long without an operation, no call is under way. */
const LAST_CALLS_MS = 9_000;
const STEP_MS = 200;
/** Turns of the event loop without anything at the wire: then nothing is on its way. */
const QUIET_TURNS = 4;

/** The result of a simulation. */
export interface ValuesResult {
  /** The violations found. */
  readonly faults: readonly string[];
  /** Values and absences that were judged. */
  readonly reads: number;
  readonly staleReads: number;
  /** Reads that failed. */
  readonly failures: number;
  /** Writes that were acknowledged. */
  readonly writes: number;
  /** Answers from memory. */
  readonly hits: number;
  /** Texts that were searched for values. */
  readonly checked: number;
}

/**
 * Simulates so many operations on parameters and secrets, or fewer if it finds a fault; the same for the same seed. The program is wired as always. It
 * calls the AWS emulator over sockets, and everything happens in the time of a fake clock. With every second seed, the wall
 * clock steps. With every third seed, there are no invocations, so that no values are refreshed in batches.
 */
export const simulateValues = async (seed: number, operations: number): Promise<ValuesResult> => {
  const simulation = new ValuesSimulation(seed);
  return simulation.run(operations);
};

class ValuesSimulation {
  readonly #clock = new FakeClock();
  readonly #chance: Chance;
  readonly #chronology = new Chronology();
  readonly #aws: ModelledAws;
  readonly #judge: ReadJudge;
  readonly #stepsClocks: boolean;
  readonly #hasInvocations: boolean;
  readonly #faults: string[] = [];
  #open = 0;
  /** Whether there are many writes. In between, the cache needs time to fill. */
  #isBusy = false;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#stepsClocks = seed % 2 === 0;
    this.#hasInvocations = seed % 3 !== 0;
    this.#aws = new ModelledAws(this.#clock, this.#chance, this.#chronology);
    this.#judge = new ReadJudge(this.#aws, this.#clock, this.#chronology);
  }

  async run(operations: number): Promise<ValuesResult> {
    await this.#aws.listen();
    const program = new ProgramUnderModel(this.#aws.url, this.#clock, this.#chance);
    const parts = { chance: this.#chance, aws: this.#aws, judge: this.#judge, program };
    const [reader, writer] = [new ModelReader(parts), new ModelWriter(parts)];
    try {
      writer.fillOrigin();
      await program.start();
      for (let done = 0; done < operations && !this.#hasFaults(program); done += 1) {
        this.#start(() => this.#operation(reader, writer));
        if (done % STATUS_EVERY === 0) for (const path of ['/metrics', '/health']) await program.get(path);
        await this.#surround(program);
      }
      this.#aws.changeWeather('calm');
      await this.#passUntil(() => this.#open === 0);
      await program.stop();
    } finally {
      await this.#aws.close();
    }
    return {
      faults: this.#faultsOf(program),
      reads: this.#judge.reads,
      staleReads: this.#judge.staleReads,
      failures: reader.failures,
      writes: writer.acknowledged,
      hits: program.hits,
      checked: program.leaks.checked,
    };
  }

  #faultsOf({ leaks }: ProgramUnderModel): readonly string[] {
    return [...this.#faults, ...this.#judge.faults, ...leaks.faults];
  }

  #hasFaults({ leaks }: ProgramUnderModel): boolean {
    return this.#faults.length + this.#judge.faults.length + leaks.faults.length > 0;
  }

  #operation(reader: ModelReader, writer: ModelWriter): Promise<void> {
    if (this.#chance.oneIn(this.#isBusy ? 40 : 1_500)) this.#isBusy = !this.#isBusy;
    if (this.#chance.oneIn(this.#isBusy ? 6 : 120)) return writer.write();
    if (!this.#chance.oneIn(50)) return reader.read();
    writer.changeOrigin();
    return Promise.resolve();
  }

  #start(operation: () => Promise<void>): void {
    this.#open += 1;
    operation()
      .catch((error: unknown) => {
        this.#faults.push(`an operation failed: ${error instanceof Error ? error.stack : error}`);
      })
      .finally(() => {
        this.#open -= 1;
        this.#aws.activity += 1;
      });
  }

  /** What happens around the operations: time passes, invocations begin, the process is frozen, and AWS fails or recovers. */
  async #surround(program: ProgramUnderModel): Promise<void> {
    const chance = this.#chance;
    if (chance.oneIn(this.#aws.isCalm ? 600 : 25)) {
      this.#aws.changeWeather();
      if (!this.#aws.isCalm && chance.oneIn(2)) await this.#expire();
    }
    if (this.#hasInvocations && chance.oneIn(25)) program.invoke(DEADLINE_MS);
    if (chance.oneIn(300)) {
      const ms = chance.between(50, 8_000);
      this.#clock.freeze(ms);
      this.#judge.froze();
      if (this.#hasInvocations && chance.oneIn(2)) program.invoke(DEADLINE_MS);
    }
    if (this.#stepsClocks && chance.oneIn(500)) this.#stepClock();
    if (chance.oneIn(1_000)) await this.#expire();
    if (chance.oneIn(4)) await this.#pass(chance.below(40));
    await this.#passUntil(() => this.#open < MAX_OPEN);
  }

  /**
   * Lets so much time pass that entries expire, or nearly do: then they are refreshed together. In steps: what is sent must
   * arrive before time-outs are due.
   */
  async #expire(): Promise<void> {
    for (let rest = LAST_CALLS_MS; rest > 0; rest -= STEP_MS) await this.#pass(STEP_MS);
    const { ttlMs, staleWhileRevalidateMs: revalidateMs } = LIFETIMES;
    const [leastMs, mostMs] = this.#chance.oneIn(2)
      ? [ttlMs * 0.9, ttlMs + revalidateMs]
      : [ttlMs / 2, 2 * ttlMs];
    await this.#pass(this.#chance.between(leastMs, mostMs) - LAST_CALLS_MS);
  }

  #stepClock(): void {
    const ms = FakeClock.START + this.#clock.passedMs + this.#chance.between(-MAX_STEP_MS, MAX_STEP_MS);
    this.#judge.clockStepped(ms - this.#clock.now());
    this.#clock.setWall(ms);
  }

  /** @throws {Error} if operations stay unanswered */
  async #passUntil(isOver: () => boolean): Promise<void> {
    const endMs = this.#clock.passedMs + LONGEST_MS;
    while (!isOver()) {
      if (this.#clock.passedMs > endMs) throw new Error(`${this.#open} operations were not answered`);
      await this.#pass(20);
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.#settle();
    await this.#clock.advance(ms);
    await this.#settle();
  }

  /** Waits until what was sent has arrived. */
  async #settle(): Promise<void> {
    let quiet = 0;
    while (quiet < QUIET_TURNS) {
      const before = this.#aws.activity;
      await macrotask();
      quiet = this.#aws.activity === before ? quiet + 1 : 0;
    }
  }
}
