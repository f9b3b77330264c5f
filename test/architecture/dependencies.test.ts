import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/maintainers/decisions/0012-dependencies.md`, 'utf8');
const manifest: { dependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(`${root}package.json`, 'utf8'),
);

interface Tree {
  readonly dependencies?: Readonly<Record<string, Tree>>;
}

const namesIn = ({ dependencies = {} }: Tree): readonly string[] =>
  Object.entries(dependencies).flatMap(([name, below]) => [name, ...namesIn(below)]);

/** What `npm install --omit=dev` would bring, by name. */
const installed = (): readonly string[] => {
  // npm ends with a status of its own taste about a tree; the tree is what counts.
  const { stdout } = spawnSync('npm', ['ls', '--omit=dev', '--all', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(namesIn(JSON.parse(stdout)))].sort();
};

/** The names in the first column of the tables under a heading. */
const listed = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => line.split('|')[1]?.match(/(?<=`)[^` ]+(?=`)/g) ?? [])
    .sort();

const [, chosen = '', brought = ''] = page.split('\n### ');

describe('the list of production dependencies', () => {
  it('names exactly what is installed', () => {
    const names = [...listed(chosen), ...listed(brought)];
    const present = installed();

    expect(present).not.toEqual([]);
    expect(names.toSorted()).toEqual(present);
  });

  it('names as chosen exactly what package.json asks for', () => {
    expect(listed(chosen)).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it('gives a reason for each', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));

    expect(rows.filter((row) => (row.split('|').at(-2)?.trim() ?? '').length < 20)).toEqual([]);
  });
});
