import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A change of the program for the worse. */
export interface Fault {
  /** Path of the file below the root of the project. */
  readonly file: string;
  /** What stands there once, and what is to stand there instead. */
  readonly text: string;
  readonly replacement: string;
}

/** A copy of some of the project, in which faults are planted. */
export class PlantedSources {
  readonly folder = mkdtempSync(join(tmpdir(), 'planted-'));

  /** @param parts files and folders to copy, below the root of the project */
  constructor(parts: readonly string[]) {
    for (const part of parts) cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /**
   * Puts a fault in.
   *
   * @returns what takes it out again
   * @throws {Error} if what is to be replaced does not stand there exactly once
   */
  plant({ file, text, replacement }: Fault): () => void {
    const path = join(this.folder, file);
    const sound = readFileSync(path, 'utf8');
    const [before = '', after, another] = sound.split(text);
    if (after === undefined || another !== undefined)
      throw new Error(`${file} does not say exactly once: ${text}`);
    writeFileSync(path, before + replacement + after);
    return () => writeFileSync(path, sound);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
