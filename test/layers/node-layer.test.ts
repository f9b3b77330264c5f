import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { excesses } from '../../scripts/layers/budgets.mjs';
import { explain } from '../../scripts/layers/explain.mjs';
import { licencesOf } from '../../scripts/layers/licences.mjs';
import { bytesByInput, packageOf } from '../../scripts/layers/packages.mjs';
import { readZip, type ZippedFile } from '../../scripts/layers/unzip.mjs';
import { type Layer, makeLayer } from '../../scripts/layers.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
let layer: Layer;
let files: ReadonlyMap<string, ZippedFile>;
let packages: readonly string[];

beforeAll(async () => {
  layer = await makeLayer('node');
  files = readZip(layer.zip);
  const names = [...bytesByInput(layer.metafile).keys()].map(packageOf);
  packages = [...new Set(names.filter((name) => name !== undefined))];
});

const textOf = (file: ZippedFile | undefined) => Buffer.from(file?.bytes ?? []).toString();

describe('the layer for Node.js runtimes', () => {
  it('has the same bytes whenever it is built', async () => {
    expect(Buffer.compare((await makeLayer('node')).zip, layer.zip)).toBe(0);
  });

  it('is within its budget', () => {
    expect(excesses('node', layer.sizes)).toEqual([]);
  });

  it('has one file that Lambda starts, one that starts a runtime, and everything else elsewhere', () => {
    const [extension, wrapper] = ['extensions/dynamodb-cache', 'dynamodb-cache-endpoint'];
    const executables = [...files].filter(([, { mode }]) => mode === 0o755).map(([path]) => path);

    expect(executables).toEqual([wrapper, extension]);
    expect([...files.keys()].filter((path) => path.startsWith('extensions/'))).toEqual([extension]);
    expect([...files.keys()].filter((path) => !/^(extensions|dynamodb-cache)\//.test(path))).toEqual([
      wrapper,
    ]);
  });

  it('exports values, because getters are slow in code that runs for the first time', () => {
    const programs = [...files].filter(([path]) => path.endsWith('.cjs')).map(([, file]) => textOf(file));
    const counted = (pattern: RegExp) => programs.map((text) => [...text.matchAll(pattern)].length);
    const getters = counted(/module\.exports=[\w$]+\([\w$]+\);/g);

    expect(Math.max(...getters)).toBeGreaterThan(5);
    expect(counted(/module\.exports=\{\.\.\.module\.exports\};/g)).toEqual(getters);
  });

  it('holds no path of the machine that it was built on', () => {
    for (const file of files.values()) expect(textOf(file).includes(root)).toBe(false);
  });

  it('holds no provider of credentials that Lambda never uses', () => {
    expect(packages).toContain('@aws-sdk/client-dynamodb');
    expect(
      packages.filter((name) => /credential-provider|nested-clients|token-providers/.test(name)),
    ).toEqual(['@aws-sdk/credential-provider-env']);
  });

  it('keeps the names by which errors are logged', () => {
    const sources = [...bytesByInput(layer.metafile).keys()]
      .filter((path) => path.startsWith('src/'))
      .map((path) => readFileSync(root + path, 'utf8'));
    const names = sources.flatMap((text) =>
      [...text.matchAll(/^export class (\w+) extends (?:Error|\w+Error|TransientError)\b/gm)].map(
        ([, name = '']) => name,
      ),
    );
    const programs = [...files.values()].map(textOf).join('\n');

    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !programs.includes(`"${name}"`))).toEqual([]);
  });

  it('brings the licence of every package that is in it', () => {
    const licences = textOf(files.get('dynamodb-cache/THIRD-PARTY-LICENSES'));

    expect(packages.length).toBeGreaterThan(10);
    expect(packages.filter((name) => !licences.includes(`\n${name} `))).toEqual([]);
    expect(licences).toContain('Permission is hereby granted');
  });

  it('is explained by package', () => {
    const lines = explain(layer.metafile).join('\n');

    expect(packages.filter((name) => !new RegExp(`^ +\\d+ +${name}$`, 'm').test(lines))).toEqual([]);
  });
});

describe('a package without a licence', () => {
  it('cannot get into a layer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'licences-'));
    mkdirSync(join(folder, 'node_modules/bare'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/bare/package.json'), '{"version":"1.0.0"}');
    const outputs = { 'a.js': { bytes: 1, inputs: { 'node_modules/bare/index.js': { bytesInOutput: 1 } } } };
    try {
      expect(() => licencesOf({ outputs }, `${folder}/`)).toThrow('no licence was found of bare');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
