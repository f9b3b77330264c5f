import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

type Lockfile = Readonly<Record<string, LockedPackage>>;

const readLockfile = (path: string): Lockfile => JSON.parse(readFileSync(root + path, 'utf8')).packages;

/** The folder itself and those above it, which is where Node.js looks for a package. */
const foldersUpwards = (folder: string): readonly string[] => {
  if (folder === '') return [''];
  const end = folder.lastIndexOf('/node_modules/');
  return [`${folder}/`, ...foldersUpwards(end === -1 ? '' : folder.slice(0, end))];
};

const missingPackages = (lockfile: Lockfile) =>
  Object.entries(lockfile).flatMap(([folder, { dependencies, devDependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter((name) => !foldersUpwards(folder).some((above) => `${above}node_modules/${name}` in lockfile))
      .map((name) => `${folder} needs ${name}`),
  );

const LOCKFILES = [
  'package-lock.json',
  'deploy/cdk/package-lock.json',
  'test/support/endpoint/clients/powertools-of-2026/package-lock.json',
  'test/support/endpoint/clients/sdk-of-2024/package-lock.json',
  'test/support/endpoint/clients/sdk-of-2026/package-lock.json',
];

describe.each(LOCKFILES)('%s', (path) => {
  it('has an entry for every package that a locked package depends on, on any platform', () => {
    expect(missingPackages(readLockfile(path))).toEqual([]);
  });

  it('names no registry host, so that npm takes each package from the registry of the user', () => {
    const named = Object.entries(readLockfile(path)).filter(([, { resolved }]) => resolved !== undefined);

    expect(named).toEqual([]);
  });
});

it.each([
  ['an optional package of the project', { '': { optionalDependencies: { a: '1' } } }, [' needs a']],
  [
    'an optional package of a dependency',
    { '': { devDependencies: { a: '1' } }, 'node_modules/a': { optionalDependencies: { 'a-win32': '1' } } },
    ['node_modules/a needs a-win32'],
  ],
  [
    'a package that is locked only below another one',
    { 'node_modules/a/node_modules/b': {}, 'node_modules/c': { dependencies: { b: '1' } } },
    ['node_modules/c needs b'],
  ],
  [
    'nothing where a package is locked below or above the one that needs it',
    {
      'node_modules/a': { dependencies: { '@s/b': '1' } },
      'node_modules/a/node_modules/@s/b': { optionalDependencies: { c: '1' } },
      'node_modules/c': {},
    },
    [],
  ],
])('the check of the lockfiles finds %s', (_case, lockfile: Lockfile, missing) => {
  expect(missingPackages(lockfile)).toEqual(missing);
});
