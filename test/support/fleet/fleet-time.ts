import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '../../../src/ports/outbound/clock.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

interface Task {
  readonly at: number;
  /** Tasks of one moment run in this order; those of one rank in the order in which they were scheduled. */
  readonly rank: number;
  readonly place: number;
  readonly run: () => void;
}

const isBefore = (left: Task, right: Task): boolean =>
  left.at !== right.at
    ? left.at < right.at
    : left.rank !== right.rank
      ? left.rank < right.rank
      : left.place < right.place;

/** The time that all environments share. One moment is one turn of the event loop of each of them. */
export class FleetTime {
  #passed = 0;
  #scheduled = 0;
  /** A binary heap. */
  readonly #tasks: Task[] = [];

  /** Milliseconds that have passed. */
  get passedMs(): number {
    return this.#passed;
  }

  schedule(delayMs: number, run: () => void, rank = 0): void {
    this.#scheduled += 1;
    const task = { at: this.#passed + Math.max(0, Math.round(delayMs)), rank, place: this.#scheduled, run };
    const tasks = this.#tasks;
    let index = tasks.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = tasks[above];
      if (parent === undefined || !isBefore(task, parent)) break;
      tasks[index] = parent;
      index = above;
    }
    tasks[index] = task;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.schedule(ms, resolve));
  }

  /** Runs what falls due until `isOver`; promises settle after each task. Stops after `maxMs`. */
  async run(isOver: () => boolean, maxMs: number): Promise<void> {
    const end = this.#passed + maxMs;
    await macrotask();
    while (!isOver()) {
      const task = this.#next();
      if (task === undefined || task.at > end) return;
      this.#passed = task.at;
      task.run();
      await macrotask();
    }
  }

  #next(): Task | undefined {
    const tasks = this.#tasks;
    const [first] = tasks;
    const last = tasks.pop();
    if (last === undefined || tasks.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [tasks[left], tasks[left + 1]];
      if (one === undefined) break;
      const [below, task] = other !== undefined && isBefore(other, one) ? [left + 1, other] : [left, one];
      if (!isBefore(task, last)) break;
      tasks[index] = task;
      index = below;
    }
    tasks[index] = last;
    return first;
  }
}

/** After everything else that happens in a moment. */
const END_OF_TURN = 1;

/** The clock of one environment. While it is frozen, time goes on, but nothing runs. */
export class EnvironmentClock implements Clock {
  readonly #time: FleetTime;
  readonly #held: { readonly task: () => void; readonly rank: number }[] = [];
  #isFrozen = false;
  #isGone = false;

  constructor(time: FleetTime) {
    this.#time = time;
  }

  now(): number {
    return FakeClock.START + this.#time.passedMs;
  }

  monotonic(): number {
    return this.#time.passedMs;
  }

  after(delayMs: number, task: () => void): () => void {
    let isCancelled = false;
    this.#time.schedule(delayMs, () => {
      if (!isCancelled)
        this.deliver(() => {
          if (!isCancelled) task();
        });
    });
    return () => {
      isCancelled = true;
    };
  }

  afterTurn(task: () => void): void {
    this.#time.schedule(0, () => this.deliver(task, END_OF_TURN), END_OF_TURN);
  }

  /** Runs the task in the environment: now, after the freeze, or never if it is gone. */
  deliver(task: () => void, rank = 0): void {
    if (this.#isGone) return;
    if (this.#isFrozen) this.#held.push({ task, rank });
    else task();
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** What was held up runs in this moment, one after the other. */
  thaw(): void {
    this.#isFrozen = false;
    for (const { task, rank } of this.#held.splice(0))
      this.#time.schedule(0, () => this.deliver(task, rank), rank);
  }

  /** The environment disappears. */
  end(): void {
    this.#isGone = true;
    this.#held.length = 0;
  }
}
