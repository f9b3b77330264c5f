import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '../../../src/ports/outbound/clock.ts';

interface Task {
  readonly dueAt: number;
  readonly run: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  /** Wall time of every new clock: 2026-01-01T00:00:00Z. */
  static readonly START = Date.UTC(2026, 0, 1);

  #wall = FakeClock.START;
  #passed = 0;
  /** By how much the monotonic clock was stepped. */
  #stepped = 0;
  #tasks: Task[] = [];

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#passed + this.#stepped;
  }

  /** Milliseconds that have truly passed, whatever was done to the clocks. */
  get passedMs(): number {
    return this.#passed;
  }

  after(delayMs: number, task: () => void): () => void {
    const entry: Task = { dueAt: this.#passed + Math.max(0, delayMs), run: task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Tasks that have neither run nor been cancelled. */
  get pendingTasks(): number {
    return this.#tasks.length;
  }

  /** Lets time pass, running what falls due in order of time; promises settle after each task and at the end. */
  async advance(ms: number): Promise<void> {
    const end = this.#passed + ms;
    await macrotask();
    for (let task = this.#takeDue(end); task !== undefined; task = this.#takeDue(end)) {
      this.#pass(Math.max(0, task.dueAt - this.#passed));
      task.run();
      await macrotask();
    }
    this.#pass(Math.max(0, end - this.#passed));
    await macrotask();
  }

  /** Lets time pass as in a frozen process: what falls due meanwhile runs late, with the next `advance`. */
  freeze(ms: number): void {
    this.#pass(ms);
  }

  /** Steps the wall clock, either way; monotonic time and tasks do not notice. */
  setWall(ms: number): void {
    this.#wall = ms;
  }

  /** Steps the monotonic clock, as restoring a snapshot may; wall time and tasks do not notice. */
  stepMonotonic(ms: number): void {
    this.#stepped += ms;
  }

  #pass(ms: number): void {
    this.#wall += ms;
    this.#passed += ms;
  }

  /** Takes the first task due by `end`; of those due together, the one asked for first. */
  #takeDue(end: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (task.dueAt <= end && (first === undefined || task.dueAt < first.dueAt)) first = task;
    }
    if (first !== undefined) this.#tasks.splice(this.#tasks.indexOf(first), 1);
    return first;
  }
}
