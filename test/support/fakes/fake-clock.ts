import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '../../../src/ports/outbound/clock.ts';

interface Task {
  readonly dueAt: number;
  readonly run: () => void;
}

/** A clock that advances only when a test advances it. */
export class FakeClock implements Clock {
  /** Wall time of every new clock: 2026-01-01T00:00:00Z. */
  static readonly START = Date.UTC(2026, 0, 1);

  #wall = FakeClock.START;
  #passed = 0;
  /** Milliseconds by which the monotonic clock was stepped. */
  #stepped = 0;
  #tasks: Task[] = [];

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#passed + this.#stepped;
  }

  /** Milliseconds that have passed, without steps of the clocks. */
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

  /** The number of tasks that have not run and are not cancelled. */
  get pendingTasks(): number {
    return this.#tasks.length;
  }

  /** Advances the time and runs the tasks that are due, in order. Promises settle after each task and at the end. */
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

  /** Advances the time as in a frozen process: tasks that become due run late, with the next `advance`. */
  freeze(ms: number): void {
    this.#pass(ms);
  }

  /** Sets the wall clock. Monotonic time and tasks are not affected. */
  setWall(ms: number): void {
    this.#wall = ms;
  }

  /** Steps the monotonic clock, as a restored snapshot may. Wall time and tasks are not affected. */
  stepMonotonic(ms: number): void {
    this.#stepped += ms;
  }

  #pass(ms: number): void {
    this.#wall += ms;
    this.#passed += ms;
  }

  /** Removes the first task that is due by `end`. Of tasks due at the same time, the one that was added first. */
  #takeDue(end: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (task.dueAt <= end && (first === undefined || task.dueAt < first.dueAt)) first = task;
    }
    if (first !== undefined) this.#tasks.splice(this.#tasks.indexOf(first), 1);
    return first;
  }
}
