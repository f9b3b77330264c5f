import type { Palette } from './palette.ts';

/** Where the text goes. */
export interface TextOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Lays the story out as text, and keeps count of what did not go as told. */
export class Narrator {
  readonly #out: TextOutput;
  readonly #palette: Palette;
  #chapters = 0;
  #surprises = 0;
  #isLineOpen = false;

  constructor(out: TextOutput, palette: Palette) {
    this.#out = out;
    this.#palette = palette;
  }

  get palette(): Palette {
    return this.#palette;
  }

  /** Findings that were not as expected. */
  get surprises(): number {
    return this.#surprises;
  }

  title(text: string): void {
    this.#line(`\n${this.#palette.bold(text)}`);
  }

  /** Begins a numbered chapter. */
  chapter(title: string): void {
    this.#chapters += 1;
    this.#line(`\n${this.#palette.bold(`${this.#chapters}. ${title}`)}`);
  }

  /** Prose, line by line. */
  say(...lines: string[]): void {
    this.#line();
    for (const line of lines) this.#line(`   ${line}`);
  }

  /** What is asked for. */
  ask(text: string): void {
    this.#line(`   ${this.#palette.asked(`> ${text}`)}`);
  }

  /** What was found, with the ways in which it differs from what was expected. */
  found(text: string, differences: readonly string[] = []): void {
    const { good, bad } = this.#palette;
    this.#line(` ${differences.length === 0 ? good('✓') : bad('✗')} ${text}`);
    for (const difference of differences) this.#line(`     ${bad(difference)}`);
    if (differences.length > 0) this.#surprises += 1;
  }

  /** Something beside what was found, such as a body. */
  quote(text: string): void {
    this.#line(`     ${this.#palette.dim(text)}`);
  }

  /** What is under way; each takes the place of the one before. Only a terminal shows it. */
  progress(text: string): void {
    if (this.#out.isTTY !== true) return;
    this.#out.write(`\r\x1b[2K   ${this.#palette.dim(text)}`);
    this.#isLineOpen = true;
  }

  /** What keeps the story from going on. */
  problem(text: string): void {
    this.#line(this.#palette.bad(text));
  }

  #line(text = ''): void {
    this.#out.write(`${this.#isLineOpen ? '\r\x1b[2K' : ''}${text}\n`);
    this.#isLineOpen = false;
  }
}
