import type { Writable } from 'node:stream';

const ignore = (): void => {};

/** Writes whole lines to a stream. What cannot be written is lost: nobody is left to be told, and nothing may fail for it. */
export class LineOutput {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // A closed pipe is reported as an event, and an `error` event that nobody hears ends the process.
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  }

  /** Never throws. */
  write(line: string): void {
    try {
      this.#stream.write(`${line}\n`);
    } catch {
      // As for the event above.
    }
  }
}
