import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { VARIABLES } from '../../src/adapters/config/environment/variable-names.ts';
import { codesIn } from '../support/docs/error-codes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const filesUnder = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));

describe('the papers', () => {
  it.each(Object.values(VARIABLES))('the README explains %s', (variable) => {
    expect(read('README.md')).toMatch(new RegExp(`\\| \`${variable}\` +\\|`));
  });

  it('the README explains no variable that there is not', () => {
    const named = new Set(read('README.md').match(/CACHE_EXTENSION_[A-Z_]*[A-Z]/g));

    expect([...named].sort()).toEqual(Object.values(VARIABLES).sort());
  });

  it('the README lists every code of an error', () => {
    const sources = filesUnder('src').filter((path) => path.endsWith('.ts'));
    const codes = codesIn(sources.map(read));
    const readme = read('README.md');

    expect(codes).not.toEqual([]);
    expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });

  it.each(filesUnder('docs/decisions').filter((path) => /\d{4}/.test(path)))(
    'the index of decisions lists %s',
    (path) => {
      expect(read('docs/decisions/README.md')).toContain(`(${path.split('/').at(-1)})`);
    },
  );

  it('the architecture names every file of the application', () => {
    const rooms = filesUnder('src/application').map((path) => path.replace(/^.*\/|\.ts$/g, ''));
    const architecture = read('docs/architecture.md');

    expect(rooms.filter((room) => !architecture.includes(`\`${room}\``))).toEqual([]);
  });
});
