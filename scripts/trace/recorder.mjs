import { AsyncLocalStorage, executionAsyncResource } from 'node:async_hooks';

/*
 * Runs within the traced program, before anything of it is loaded. Instrumented modules call it on each beginning, end,
 * pause and continuation of a function.
 */

const FOREIGN = Symbol('foreign');

/**
 * @typedef {object} TracedFile
 * @property {string} path
 * @property {readonly (readonly [name: string, line: number])[]} functions
 */

/**
 * What happened: `kind`, number of the file, number of the function in it, number of the frame, time in microseconds.
 * The kind is `begins`, `waits`, `continues` or `ends`; or `answered`, whose numbers are 0.
 *
 * @typedef {readonly [kind: string, file: number, fn: number, frame: number, us: number]} TraceRecord
 */

/** Takes the reports of instrumented modules, and keeps them while it is asked to. */
export class Recorder {
  #files = [];
  /** Frames that run now, the innermost last. */
  #stack = [];
  #records = [];
  #isRecording = false;
  #frames = 0;
  #origin = new AsyncLocalStorage();
  #request = Symbol('request');

  /** Registers a module. The functions come as JSON, so that a module that is never entered costs little. */
  file(path, functions) {
    return this.#files.push({ path, functions }) - 1;
  }

  /** A function was called. */
  begins(file, fn) {
    this.#frames += 1;
    const frame = { file, fn, id: this.#frames, isForeign: this.#isForeign(), isWaiting: false };
    this.#note('begins', frame);
    this.#stack.push(frame);
    return frame;
  }

  /** A function gives way at `await` or `yield`. Returns `value`. */
  waits(frame, value) {
    if (frame.isWaiting) return value;
    frame.isWaiting = true;
    this.#remove(frame);
    this.#note('waits', frame);
    return value;
  }

  /** A function continues; nothing happens if it did not wait. Returns `value`. */
  continues(frame, value) {
    if (!frame.isWaiting) return value;
    frame.isWaiting = false;
    this.#note('continues', frame);
    this.#stack.push(frame);
    return value;
  }

  /** The iterable of a `for await` whose frame waits for each step. */
  steps(frame, iterable) {
    const open = iterable[Symbol.asyncIterator];
    if (open === undefined) return iterable;
    const iterator = open.call(iterable);
    const step = (method) => (value) => this.waits(frame, iterator[method](value));
    return {
      [Symbol.asyncIterator]: () => ({
        next: step('next'),
        ...(iterator.return === undefined ? {} : { return: step('return') }),
      }),
    };
  }

  /** A function returned or threw. */
  ends(frame) {
    this.#remove(frame);
    this.#note('ends', frame);
  }

  /** Bytes of the answer were written. */
  answered() {
    this.#note('answered', { file: 0, fn: 0, id: 0, isForeign: false });
  }

  start() {
    this.#records = [];
    this.#request = Symbol('request');
    this.#isRecording = true;
  }

  /** @returns {{ files: TracedFile[], records: TraceRecord[] }} what happened since `start` */
  stop() {
    this.#isRecording = false;
    const files = this.#files.map(({ path, functions }) => ({ path, functions: JSON.parse(functions) }));
    return { files, records: this.#records };
  }

  #note(kind, { file, fn, id, isForeign }) {
    if (!this.#isRecording || isForeign) return;
    this.#records.push([kind, file, fn, id, Number(process.hrtime.bigint()) / 1_000]);
  }

  #remove(frame) {
    const place = this.#stack.lastIndexOf(frame);
    if (place >= 0) this.#stack.splice(place, 1);
  }

  /** Whether a function that begins now was set going by a timer of before the request. */
  #isForeign() {
    if (!this.#isRecording) return false;
    const caller = this.#stack.at(-1);
    if (caller !== undefined) return caller.isForeign;
    const origin = this.#origin.getStore();
    if (origin === FOREIGN) return true;
    if (origin === this.#request) return false;
    const isTimer = ['Timeout', 'Immediate'].includes(executionAsyncResource()?.constructor?.name);
    this.#origin.enterWith(isTimer ? FOREIGN : this.#request);
    return isTimer;
  }
}
