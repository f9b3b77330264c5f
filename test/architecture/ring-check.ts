import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the check says of a tree. */
export interface RingCheck {
  readonly passed: boolean;
  /** Rule and importing file of each violation, as `rule: file`. */
  readonly violations: readonly string[];
  readonly output: string;
}

/** Runs `npm run deps:validate` on a copy of the project's sources to which the given files are added. */
export const checkRings = (planted: Readonly<Record<string, string>> = {}): RingCheck => {
  const copy = mkdtempSync(join(tmpdir(), 'rings-'));
  try {
    for (const path of ['src', 'tools', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    for (const [path, text] of Object.entries(planted)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [cli, 'src', 'tools', '--config', '.dependency-cruiser.cjs'],
      { cwd: copy, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } },
    );
    const violations = [...stdout.matchAll(/^\s*error (\S+): (\S+)/gm)].map(
      ([, rule, file]) => `${rule}: ${file}`,
    );
    return { passed: status === 0, violations, output: stdout + stderr };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};
