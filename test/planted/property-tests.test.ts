import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FLEET_FAULTS } from './fleet-faults.ts';
import { type Fault, PlantedSources } from './planted-sources.ts';
import { PROPERTY_FAULTS } from './property-faults.ts';

const JEST = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const PARTS = ['src', 'test', 'tools', 'jest.config.mjs', 'package.json'];

const HAS_TIME = process.env.CACHE_TEST_SLOW_FAULTS === '1';
const FAULTS = [...PROPERTY_FAULTS, ...FLEET_FAULTS].filter(({ isSlow }) => isSlow !== true || HAS_TIME);

/** What remains of a run of one test file: whether it passed, and what it printed. */
const runOf = (folder: string, test: string) =>
  new Promise<{ passed: boolean; output: string }>((resolve) => {
    const args = [
      '--experimental-vm-modules',
      JEST,
      '--rootDir',
      folder,
      `--setupFiles=${join(folder, 'test/planted/without-shrinking.ts')}`,
      '--runTestsByPath',
      join(folder, test),
    ];
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ passed: error === null, output: stdout + stderr }),
    );
  });

/** Copies that runs take in turn: in one that was used before, Jest transforms only what the fault changes. */
class Copies {
  readonly #all: PlantedSources[] = [];
  readonly #idle: PlantedSources[] = [];

  async runWith(test: string, fault: Fault) {
    const sources = this.#idle.pop() ?? this.#another();
    const restore = sources.plant(fault);
    try {
      return await runOf(sources.folder, test);
    } finally {
      restore();
      this.#idle.push(sources);
    }
  }

  remove(): void {
    for (const sources of this.#all) sources.remove();
  }

  #another(): PlantedSources {
    const sources = new PlantedSources(PARTS);
    this.#all.push(sources);
    return sources;
  }
}

describe('the property tests', () => {
  // Tests that run side by side begin before any hook.
  const copies = new Copies();

  afterAll(() => copies.remove());

  it.concurrent.each(FAULTS)(
    'notice that $name',
    async ({ test, complaint = 'Property failed', ...fault }) => {
      const { passed, output } = await copies.runWith(test, fault);

      expect(output).toContain(complaint);
      expect(passed).toBe(false);
    },
    120_000,
  );
});
