import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { type Fault, PlantedSources } from './planted-sources.ts';
import { FLEET_FAULTS } from './fleet-faults.ts';
import { PROPERTY_FAULTS } from './property-faults.ts';

const JEST = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const PARTS = ['src', 'test', 'tools', 'jest.config.mjs', 'package.json'];

/** What remains of a run of one test file: whether it passed, and what it printed. */
const runOf = (folder: string, test: string) =>
  new Promise<{ passed: boolean; output: string }>((resolve) => {
    const args = [
      '--experimental-vm-modules',
      JEST,
      '--rootDir',
      folder,
      '--runTestsByPath',
      join(folder, test),
    ];
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ passed: error === null, output: stdout + stderr }),
    );
  });

const runWith = async (test: string, fault: Fault) => {
  const sources = new PlantedSources(PARTS);
  try {
    sources.plant(fault);
    return await runOf(sources.folder, test);
  } finally {
    sources.remove();
  }
};

describe('the property tests', () => {
  it.concurrent.each([...PROPERTY_FAULTS, ...FLEET_FAULTS])(
    'notice that $name',
    async ({ test, complaint = 'Property failed', ...fault }) => {
      const { passed, output } = await runWith(test, fault);

      expect(output).toContain(complaint);
      expect(passed).toBe(false);
    },
    120_000,
  );
});
