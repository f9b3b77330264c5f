import { Writable } from 'node:stream';

/** A stream that keeps what is written to it. */
export class LineCollector extends Writable {
  #text = '';

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#text += String(chunk);
    done();
  }

  /** Everything that was written. */
  get text(): string {
    return this.#text;
  }

  /** The lines, each of which must be one JSON object. */
  objects(): Record<string, unknown>[] {
    return this.#text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}
