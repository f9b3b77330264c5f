import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { BANNED, bannedPhrasesIn, withoutCode } from '../support/docs/language.ts';
import { readDocument } from '../support/docs/markdown.ts';

/** Files, and folders with all their Markdown. Add a path when its texts are plain; remove it from `pending` then. */
const CHECKED = {
  paths: ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs', 'examples', 'deploy'],
  pending: ['docs/architecture.md', 'docs/decisions'],
};

const root = fileURLToPath(new URL('../..', import.meta.url));

const filesOf = (path: string): readonly string[] => {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => `${path}/${name}`);
};

const isPending = (file: string) =>
  CHECKED.pending.some((path) => file === path || file.startsWith(`${path}/`));

const checked = CHECKED.paths.flatMap(filesOf).filter((file) => !isPending(file));

const phrases = BANNED.flatMap(({ phrases }) => phrases);

describe('the language of the documents', () => {
  it.each(checked)('is plain in %s', (file) => {
    const problems = bannedPhrasesIn(withoutCode(readDocument(file))).map(
      ({ line, phrase, instead }) => `${file}:${line}: "${phrase}": write ${instead}`,
    );

    expect(problems).toEqual([]);
  });

  it('is checked in the README and in every folder of the list', () => {
    expect(checked).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/deploy.md',
        'examples/clients/README.md',
        'deploy/cdk/README.md',
      ]),
    );
    expect(checked.filter(isPending)).toEqual([]);
  });
});

describe('the check of the language', () => {
  it.each(phrases)('finds "%s" in a planted sentence', (phrase) => {
    const found = bannedPhrasesIn(`# Title\n\nThe cache ${phrase} here.\n`);

    expect(found).toContainEqual(expect.objectContaining({ line: 3, phrase }));
  });

  it('finds a phrase at the start of a sentence, across a line break, and in a comment', () => {
    const text = 'Whoever reads.\n\nThe rest goes\non.\n\n/**\n * An item comes\n * back.\n */\n';

    expect(bannedPhrasesIn(text).map(({ line, phrase }) => [line, phrase])).toEqual([
      [1, 'whoever'],
      [3, 'goes on'],
      [7, 'comes back'],
    ]);
  });

  it('names the line, the phrase and the replacement', () => {
    expect(bannedPhrasesIn('One.\nIt fails in passing.')).toEqual([
      { line: 2, phrase: 'in passing', instead: '"temporarily"' },
    ]);
  });

  it('ignores parts of other words, and code', () => {
    const markdown =
      'The latest item, whether cached or not.\nBlocks such as `a` are fine.\n`forget` is a name.\n\n```sh\n# nobody\n```\n';

    expect(bannedPhrasesIn(withoutCode(markdown))).toEqual([]);
  });

  it('keeps the line numbers of a text whose code it ignores', () => {
    expect(bannedPhrasesIn(withoutCode('```sh\n# nobody\n```\n\n`x` asks whoever.\n'))).toEqual([
      expect.objectContaining({ line: 5, phrase: 'whoever' }),
    ]);
  });

  it('offers replacements that are not banned themselves', () => {
    expect(BANNED.flatMap(({ instead }) => bannedPhrasesIn(instead))).toEqual([]);
  });
});
