import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: tmpdir() },
  });

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly peer?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

describe('the lists of components', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sbom-'));
    expect(run('scripts/sbom.mjs', folder)).toMatchObject({ status: 0, stderr: '' });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const listIn = (file: string) => readJson(join(folder, file));
  const namesIn = (file: string): readonly string[] =>
    listIn(file).components.map(({ name, version }: Component) => `${name}@${version}`);

  it('have each package that an installation without development has, shared ones included', () => {
    const locked: Readonly<Record<string, LockedPackage>> = readJson(
      join(root, 'package-lock.json'),
    ).packages;
    const shipped = Object.entries(locked)
      .filter(
        ([path, { dev, peer, optional, devOptional }]) =>
          path !== '' && !(dev || peer || optional || devOptional),
      )
      .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);

    expect(shipped).toEqual(expect.arrayContaining([expect.stringMatching(/^lru-cache@/)]));
    expect([...namesIn('sbom.cdx.json')].sort()).toEqual(shipped.sort());
  });

  it('have Bun for the standalone layers only', () => {
    const { version, packages } = readJson(join(root, 'layers/bun.json'));
    const bun = [packages.x86_64, packages.arm64].map(({ name }: Component) => `${name}@${version}`);

    expect(namesIn('sbom-standalone.cdx.json')).toEqual([...namesIn('sbom.cdx.json'), ...bun]);
  });

  it('name the package and depend on nothing that they do not list', () => {
    const { bomFormat, metadata, components, dependencies } = listIn('sbom.cdx.json');
    const refs = [metadata.component, ...components].map((each: Component) => each['bom-ref']);
    const named = dependencies.flatMap(
      ({ ref, dependsOn }: { readonly ref: string; readonly dependsOn: readonly string[] }) => [
        ref,
        ...dependsOn,
      ],
    );

    expect(bomFormat).toBe('CycloneDX');
    expect(metadata.component).toMatchObject(
      (({ name, version }) => ({ name, version }))(readJson(join(root, 'package.json'))),
    );
    expect(named.filter((ref: string) => !refs.includes(ref))).toEqual([]);
  });
});

describe('the notes of a release', () => {
  const { version } = readJson(join(root, 'package.json'));

  it('are the section of the changelog, with links to files of the tag that exist', () => {
    const { status, stdout } = run('scripts/release-notes.mjs', version);
    const links = [...stdout.matchAll(/\]\((https:\/\/github\.com\/[^)]*)\)/g)].map(([, link = '']) => link);
    const paths = links.map((link) => link.replace(/^.*\/blob\/v[\d.]+\//, '').replace(/#.*/, ''));

    expect(status).toBe(0);
    expect(stdout).toContain('### Added');
    expect(stdout).not.toMatch(/^## /m);
    expect(links.filter((link) => !link.includes(`/blob/v${version}/`))).toEqual([]);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('do not exist for a version that the changelog does not describe', () => {
    expect(run('scripts/release-notes.mjs', '9.9.9')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'CHANGELOG.md has no dated section for 9.9.9\n',
    });
  });
});

describe('the check of the version', () => {
  it('names each file that has another one', () => {
    const { status, stderr } = run('scripts/set-version.mjs', '--check', '9.9.9');

    expect(status).toBe(1);
    expect(stderr).toContain('package.json has ');
    expect(stderr).toContain('deploy/sar/template.yaml has ');
  });
});
