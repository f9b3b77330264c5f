import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/adapters/command-line/command-specs.ts';
import { VARIABLES } from '../../src/adapters/config/environment/variable-names.ts';
import { codesIn } from '../support/docs/error-codes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const filesUnder = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));

const reference = read('docs/reference.md');

/** A section in the JSON Schema: a list of entries, or also a mapping with defaults. */
interface Section {
  readonly properties?: Readonly<Record<string, Section>>;
  readonly items?: Section;
  readonly anyOf?: readonly Section[];
}

const settingsIn = ({ properties = {}, items, anyOf = [] }: Section): readonly string[] => [
  ...Object.keys(properties),
  ...[...Object.values(properties), ...(items === undefined ? [] : [items]), ...anyOf].flatMap(settingsIn),
];

describe('the papers', () => {
  it.each(Object.values(VARIABLES))('the reference explains %s', (variable) => {
    expect(reference).toMatch(new RegExp(`\\| \`${variable}\` +\\|`));
  });

  it('the reference explains no variable that there is not', () => {
    const named = new Set(reference.match(/CACHE_EXTENSION_[A-Z_]*[A-Z]/g));

    expect([...named].sort()).toEqual(Object.values(VARIABLES).sort());
  });

  it.each(COMMANDS.map(({ name }) => name))('the reference shows the command %s', (name) => {
    expect(reference.includes(`npx dynamodb-cache-extension ${name} `)).toBe(true);
  });

  it('the reference explains every setting of cache.yaml', () => {
    const { properties } = JSON.parse(read('cache.schema.json'));
    const names = Object.values<Section>(properties).flatMap(settingsIn);

    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !reference.includes(`\`${name}\``))).toEqual([]);
  });

  it('the reference lists every code of an error', () => {
    const sources = filesUnder('src').filter((path) => path.endsWith('.ts'));
    const codes = codesIn(sources.map(read));

    expect(codes).not.toEqual([]);
    expect(codes.filter((code) => !reference.includes(`\`${code}\``))).toEqual([]);
  });

  it.each(filesUnder('docs/maintainers/decisions').filter((path) => /\d{4}/.test(path)))(
    'the index of decisions lists %s',
    (path) => {
      expect(read('docs/maintainers/decisions/README.md')).toContain(`(${path.split('/').at(-1)})`);
    },
  );

  it('the architecture names every file of the application', () => {
    const rooms = filesUnder('src/application').map((path) => path.replace(/^.*\/|\.ts$/g, ''));
    const architecture = read('docs/maintainers/architecture.md');

    expect(rooms.filter((room) => !architecture.includes(`\`${room}\``))).toEqual([]);
  });
});
