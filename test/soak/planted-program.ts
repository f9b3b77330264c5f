import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlantedFault } from './planted-faults.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const BUILD = `import { build } from 'esbuild'; await build(JSON.parse(process.argv[1]));`;

/** How a run of the soak ended. */
export interface SoakRun {
  readonly status: number;
  readonly output: string;
}

/** A copy of the sources in which faults are planted, one at a time, so that the soak can be run on each. */
export class PlantedProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), 'planted-program-'));
  #programs = 0;

  constructor() {
    for (const part of ['src', 'scripts/layers', 'test/soak', 'test/support'])
      cpSync(join(ROOT, part), join(this.#folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /**
   * Bundles the soak with the fault in it; without any if none is given.
   *
   * @returns the path of the program
   * @throws {Error} if what is to be replaced does not stand there exactly once
   */
  plant(fault?: Pick<PlantedFault, 'file' | 'text' | 'replacement'>): string {
    if (fault === undefined) return this.#bundle();
    const file = join(this.#folder, fault.file);
    const sound = readFileSync(file, 'utf8');
    const [before = '', after, another] = sound.split(fault.text);
    if (after === undefined || another !== undefined)
      throw new Error(`${fault.file} does not say exactly once: ${fault.text}`);
    try {
      writeFileSync(file, before + fault.replacement + after);
      return this.#bundle();
    } finally {
      writeFileSync(file, sound);
    }
  }

  /** Runs the soak until it has asked that much, or has found faults enough. */
  run(program: string, requests: number): Promise<SoakRun> {
    const args = [program, '--only', 'in-process', '--requests', String(requests), '--seed', '2'];
    return new Promise((resolve) => {
      const child = execFile(process.execPath, args, (_, stdout, stderr) =>
        resolve({ status: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #bundle(): string {
    this.#programs += 1;
    const program = join(this.#folder, `soak-${this.#programs}.mjs`);
    const options = {
      entryPoints: [join(this.#folder, 'test/soak/main.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      logLevel: 'error',
    };
    // In a process of its own: esbuild does not run inside the sandbox of the test runner.
    execFileSync(process.execPath, ['--input-type=module', '--eval', BUILD, JSON.stringify(options)], {
      cwd: ROOT,
    });
    return program;
  }
}
