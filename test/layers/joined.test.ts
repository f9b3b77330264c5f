import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { joined } from '../../scripts/layers/joined.mjs';

const statically = (name: string) => ({ path: `dist/layers/${name}.js`, kind: 'import-statement' });
const lazily = (name: string) => ({ path: `dist/layers/${name}.js`, kind: 'dynamic-import' });
const builtin = { path: 'node:fs', kind: 'import-statement', external: true };

/** `below` is needed by all, `common` by what is loaded last and by the start, `late` by the latter alone. */
const metafile = {
  outputs: {
    'dist/layers/extension.js': {
      entryPoint: 'src/main.ts',
      imports: [builtin, statically('below'), lazily('start'), lazily('other')],
    },
    'dist/layers/start.js': {
      entryPoint: 'src/start.ts',
      imports: [statically('late'), statically('common'), statically('below')],
    },
    'dist/layers/other.js': { entryPoint: 'src/other.ts', imports: [statically('common')] },
    'dist/layers/below.js': { imports: [] },
    'dist/layers/common.js': { imports: [statically('below')] },
    'dist/layers/late.js': { imports: [statically('below')] },
  },
};

const codes = new Map([
  ['below.cjs', 'console.log("below"); module.exports = { name: "below" };'],
  ['common.cjs', 'console.log("common"); module.exports = { name: require("./below.cjs").name };'],
  [
    'late.cjs',
    'const { name } = require("./below.cjs"); console.log("late after " + name); exports.name = "late";',
  ],
  [
    'start.cjs',
    'console.log([require("./late.cjs"), require("./common.cjs")].map((each) => each.name).join());',
  ],
  ['other.cjs', 'console.log("other, " + require("./common.cjs").name);'],
  [
    'extension.cjs',
    'require("./below.cjs"); console.log("extension"); require("./other.cjs"); require("./start.cjs");',
  ],
]);

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'joined-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the files of a bundle, joined', () => {
  it('are fewer: what several share lies where it is needed first, unless it may be needed before that', () => {
    const files = joined(codes, metafile, ['src/start.ts']);

    expect([...files.keys()].sort()).toEqual(['common.cjs', 'extension.cjs', 'other.cjs', 'start.cjs']);
  });

  it('run as they did apart, each piece once, and after what it needs', () => {
    for (const [name, code] of joined(codes, metafile, ['src/start.ts']))
      writeFileSync(join(folder, name), code);
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'extension.cjs')], {
      encoding: 'utf8',
    });

    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      'below',
      'extension',
      'common',
      'other, below',
      'late after below',
      'late,below',
    ]);
  });

  it('have the pieces of a second start in the second file, which may use those of the first', () => {
    const outputs = {
      ...metafile.outputs,
      'dist/layers/late.js': { imports: [statically('below'), lazily('program')] },
      'dist/layers/program.js': {
        entryPoint: 'src/program.ts',
        imports: [statically('own'), statically('late'), lazily('after')],
      },
      'dist/layers/after.js': { entryPoint: 'src/after.ts', imports: [statically('own')] },
      'dist/layers/own.js': { imports: [] },
    };
    const more = new Map([
      ...codes,
      ['own.cjs', 'console.log("own"); module.exports = { name: "own" };'],
      [
        'program.cjs',
        'console.log([require("./own.cjs"), require("./late.cjs")].map((each) => each.name).join()); require("./after.cjs");',
      ],
      ['after.cjs', 'console.log("after, " + require("./own.cjs").name);'],
      ['extension.cjs', 'require("./start.cjs"); require("./program.cjs");'],
    ]);
    const files = joined(more, { outputs }, ['src/start.ts', 'src/program.ts']);
    for (const [name, code] of files) writeFileSync(join(folder, name), code);
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'extension.cjs')], {
      encoding: 'utf8',
    });

    expect([...files.keys()].sort()).toEqual([
      'after.cjs',
      'common.cjs',
      'extension.cjs',
      'other.cjs',
      'program.cjs',
      'start.cjs',
    ]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      'below',
      'late after below',
      'common',
      'late,below',
      'own',
      'own,late',
      'after, own',
    ]);
  });
});
