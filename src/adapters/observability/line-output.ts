import type { Writable } from 'node:stream';

const ignore = (): void => {};

/** Writes lines to a stream. Ignores write errors, because logging must not make a request fail. */
export class LineOutput {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // A closed pipe emits an `error` event, and an `error` event without a listener ends the process.
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  }

  /** Never throws. */
  write(line: string): void {
    try {
      this.#stream.write(`${line}\n`);
    } catch {
      // Ignored, like the `error` event.
    }
  }
}
