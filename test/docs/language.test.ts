import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { BANNED, bannedPhrasesIn, withoutCode } from '../support/docs/language.ts';
import { readDocument } from '../support/docs/markdown.ts';
import { proseOf } from '../support/docs/typescript-prose.ts';

/**
 * Files, and folders with all their files of one kind: the Markdown, or the comments and strings of the TypeScript.
 */
const CHECKED = {
  markdown: ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs', 'examples', 'deploy'],
  typescript: ['src'],
};

const root = fileURLToPath(new URL('../..', import.meta.url));

const filesOf = (path: string, ending: string): readonly string[] => {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => `${path}/${name}`);
};

const checked = [
  ...CHECKED.markdown.flatMap((path) => filesOf(path, '.md')),
  ...CHECKED.typescript.flatMap((path) => filesOf(path, '.ts')),
];

const readProse = (file: string): string =>
  file.endsWith('.ts') ? proseOf(readDocument(file)) : withoutCode(readDocument(file));

const phrases = BANNED.flatMap(({ phrases }) => phrases);

describe('the language of the documents and sources', () => {
  it.each(checked)('is plain in %s', (file) => {
    const problems = bannedPhrasesIn(readProse(file)).map(
      ({ line, phrase, instead }) => `${file}:${line}: "${phrase}": write ${instead}`,
    );

    expect(problems).toEqual([]);
  });

  it('is checked in the README and in the folders of the list', () => {
    expect(checked).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/deploy.md',
        'examples/clients/README.md',
        'deploy/cdk/README.md',
        'src/domain/cache/ttl-policy.ts',
      ]),
    );
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

  it('finds phrases in the comments and strings of TypeScript, and in nothing else', () => {
    const source = [
      '// It goes',
      '// on.',
      'const forget = () => tell(`comes back`, x /* is none */);',
      '/** Calls `forget` of nobody. */',
      `const text = \`\${wish} fate: \${anew(\`for \${whoever}\`, "awake")} lest\` + 'in passing' + /manners/;`,
      '// The last one who asks.',
    ].join('\n');

    expect(bannedPhrasesIn(proseOf(source)).map(({ line, phrase }) => [line, phrase])).toEqual([
      [1, 'goes on'],
      [3, 'comes back'],
      [3, 'is none'],
      [4, 'nobody'],
      [5, 'fate'],
      [5, 'awake'],
      [5, 'lest'],
      [5, 'in passing'],
      [6, 'who asks'],
    ]);
  });

  it('keeps the length and the lines of a TypeScript source', () => {
    const source = `const a = \`\n  x \${1}\n\`; // a\n/** b */\nexport { a };\n`;

    expect(proseOf(source)).toHaveLength(source.length);
    expect(proseOf(source).split('\n')).toHaveLength(source.split('\n').length);
  });

  it('offers replacements that are not banned themselves', () => {
    expect(BANNED.flatMap(({ instead }) => bannedPhrasesIn(instead))).toEqual([]);
  });
});
