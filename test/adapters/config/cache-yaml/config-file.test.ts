import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfigFile } from '../../../../src/adapters/config/cache-yaml/config-file.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'config-file-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);

describe('readConfigFile', () => {
  it.each(['cache.yaml', 'cache.yml'])('finds %s where it usually lies', async (name) => {
    await writeFile(at(name), 'dynamodb: []');
    expect(readConfigFile(undefined, directory)).toEqual({ path: at(name), text: 'dynamodb: []' });
  });

  it('reports the paths that it tried', async () => {
    expect(readConfigFile(undefined, directory)).toEqual({
      problem: `no cache.yaml was found, tried ${at('cache.yaml')} and ${at('cache.yml')}; create one of them, or set CACHE_EXTENSION_CONFIG to its path`,
    });
  });

  it('does not choose between two files', async () => {
    await writeFile(at('cache.yaml'), 'a');
    await writeFile(at('cache.yml'), 'a');
    expect(readConfigFile(undefined, directory)).toEqual({
      problem: `${at('cache.yaml')} and ${at('cache.yml')} both exist; allowed: one of them`,
    });
  });

  it('reads the file that is named, and no other', async () => {
    await writeFile(at('cache.yaml'), 'usual');
    await writeFile(at('other'), 'named');
    expect(readConfigFile(at('other'), directory)).toEqual({ path: at('other'), text: 'named' });
  });

  it.each(['missing', 'file/missing'])('reports that %s does not exist', async (name) => {
    await writeFile(at('cache.yaml'), 'usual');
    await writeFile(at('file'), '');
    const file = readConfigFile(at(name), directory);
    expect(file).toEqual({
      problem: `CACHE_EXTENSION_CONFIG is "${at(name)}", but no file exists there; allowed: the path of a cache.yaml`,
    });
  });

  it('reports that a folder is not a file', async () => {
    await mkdir(at('cache.yaml'));
    expect(readConfigFile(undefined, directory)).toEqual({
      problem: `${at('cache.yaml')} is not a file; allowed: a YAML file`,
    });
  });

  it('reports why a file cannot be read', async () => {
    await symlink(at('cache.yaml'), at('cache.yaml'));
    expect(readConfigFile(undefined, directory)).toEqual({
      problem: `${at('cache.yaml')} cannot be read (ELOOP); allowed: a YAML file that this process may read`,
    });
  });

  it('reads a file of one mebibyte and rejects a larger one', async () => {
    await writeFile(at('cache.yaml'), '#'.repeat(1_048_576));
    expect(readConfigFile(undefined, directory)).toHaveProperty('text');
    await writeFile(at('cache.yaml'), '#'.repeat(1_048_577));
    expect(readConfigFile(undefined, directory)).toEqual({
      problem: `${at('cache.yaml')} has 1048577 bytes; allowed: at most 1048576`,
    });
  });

  it('reads UTF-8 with a byte order mark, which does not belong to the text', async () => {
    await writeFile(at('cache.yaml'), '\ufeffä');
    expect(readConfigFile(undefined, directory)).toMatchObject({ text: 'ä' });
  });

  it('reads no other encoding', async () => {
    await writeFile(at('cache.yaml'), '\ufeffdynamodb: []', 'utf16le');
    expect(readConfigFile(undefined, directory)).toEqual({
      problem: `${at('cache.yaml')} is not UTF-8 text; allowed: YAML in UTF-8`,
    });
  });
});
