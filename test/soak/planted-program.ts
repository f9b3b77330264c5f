import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fault, PlantedSources } from '../planted/planted-sources.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const BUILD = `import { build } from 'esbuild'; await build(JSON.parse(process.argv[1]));`;

/** How a run of the soak ended. */
interface SoakRun {
  readonly status: number;
  readonly output: string;
}

/** A copy of the sources in which faults are planted, one at a time, so that the soak can be run on each. */
export class PlantedProgram {
  readonly #sources = new PlantedSources([
    'src',
    'layers',
    'scripts/layers',
    'scripts/test-layers',
    'test/soak',
    'test/planted',
    'test/support',
    'tools',
  ]);
  #programs = 0;

  /**
   * Bundles the soak with the fault in it; without any if none is given.
   *
   * @returns the path of the program
   * @throws {Error} if what is to be replaced does not stand there exactly once
   */
  plant(fault?: Fault): string {
    if (fault === undefined) return this.#bundle();
    const takeOut = this.#sources.plant(fault);
    try {
      return this.#bundle();
    } finally {
      takeOut();
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
    this.#sources.remove();
  }

  #bundle(): string {
    this.#programs += 1;
    // As deep below the root as the sources are: what they look for beside them must be where they look.
    const program = join(this.#sources.folder, `dist/soak/${this.#programs}.mjs`);
    const options = {
      entryPoints: [join(this.#sources.folder, 'test/soak/main.ts')],
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
