import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const root = new URL('../../', import.meta.url);
const manifest: { exports: Record<string, string | Record<string, string>> } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
);

describe('the entry files of the package', () => {
  it('are imported by nothing inside', () => {
    const importers = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.startsWith('exports/'))
      .filter((path) => /from '[^']*\/exports\//.test(readFileSync(new URL(`src/${path}`, root), 'utf8')));

    expect(importers).toEqual([]);
  });

  it('are those that package.json names', () => {
    const named = Object.values(manifest.exports)
      .filter((path) => typeof path === 'string' && path.endsWith('.js'))
      .map(String)
      .map((path) => path.replace('./dist/lib/exports/', '').replace(/js$/, 'ts'));
    const present = readdirSync(new URL('src/exports/', root), { recursive: true, encoding: 'utf8' });

    expect(present.filter((path) => path.endsWith('.ts')).sort()).toEqual(named.sort());
  });

  it('only re-export', () => {
    const present = readdirSync(new URL('src/exports/', root), { recursive: true, encoding: 'utf8' });
    const statements = present
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(new URL(`src/exports/${path}`, root), 'utf8'))
      .flatMap((text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').split(';'))
      .map((statement) => statement.trim())
      .filter((text) => text !== '');

    for (const statement of statements)
      expect(statement).toMatch(/^export (type )?(\{[^}]*\}|\*) from '[^']+'$/);
  });
});

describe('the names that version 0.1.0 exports', () => {
  const before: Readonly<Record<string, readonly string[]>> = JSON.parse(
    readFileSync(new URL('exports-of-0.1.0.json', import.meta.url), 'utf8'),
  );

  it.each(Object.entries(before))(
    'are all exported by %s, renamed ones as deprecated aliases',
    (entry, names) => {
      const text = readFileSync(new URL(`src/exports/${entry}.ts`, root), 'utf8');
      const lists = [...text.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/\{([^}]*)\}/g)];
      const exported = lists
        .flatMap(([, list = '']) => list.split(','))
        .map((name) =>
          name
            .trim()
            .replace(/^type /, '')
            .replace(/^.* as /, ''),
        );

      expect(names.filter((name) => !exported.includes(name))).toEqual([]);
    },
  );
});
