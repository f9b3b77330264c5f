import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPlainYaml } from '../../../../src/adapters/config/yaml/plain-yaml.ts';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';

const fileAt = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** What stands in files like ours, and what could be taken for it. */
const PIECES = [
  ...[
    'dynamodb:',
    'table:',
    'keys:',
    'hash:',
    'a',
    'B-1',
    '5m',
    '0012',
    '1.0',
    'a/b',
    'x:y',
    'p, q',
    '...',
    '---',
  ],
  ...['- ', '-', '-a', ' ', '  ', '    ', '\n', '\n  ', '\n    ', '\n- ', '\n  - ', '\n\n', ': ', ':', ','],
  ...[
    '"q"',
    "'q'",
    '"',
    "'",
    '\\',
    '""',
    '"a: b"',
    "'# c'",
    '# c',
    ' # c',
    '#',
    '&a',
    '*a',
    '!t',
    '|',
    '>',
    '%',
  ],
  ...[
    '{ hash: a }',
    '{hash: a, sort: "b c"}',
    '[a, b]',
    '[{ hash: a }]',
    '{',
    '}',
    '[',
    ']',
    '?',
    '? ',
    '@',
    '`',
  ],
  ...[
    '~',
    'null',
    'true',
    '<<:',
    '=',
    '\t',
    '\r\n',
    'é',
    '\u00a0',
    '\u2028',
    '\ufeff',
    'key: value',
    'k: v: w',
  ],
];
const anyText = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''));

const value = fc.constantFrom(
  'a',
  '0012',
  'a b',
  'p, q',
  'x:1',
  '"a: b"',
  "' # '",
  '[a, "b"]',
  '{ hash: a }',
  '',
);
const line = fc
  .tuple(
    fc.constantFrom('', '  ', '    ', '- ', '  - ', '    - '),
    fc.constantFrom('table: ', 'keys: ', ''),
    value,
  )
  .map((parts) => parts.join(''));
const end = fc.constantFrom('\n', '\n', '\n', ' # why\n', ' \n', '\n\n', '\n  # why\n', '\n# why\n');
const likelyText = fc
  .array(fc.tuple(line, end), { maxLength: 7 })
  .map((lines) => `dynamodb:\n${lines.flat().join('')}`);

const isReadAlike = (text: string): boolean => {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  const { contents, findings } = readYaml(text);
  expect({ text, contents: plain.contents, findings: plain.findings }).toEqual({ text, contents, findings });
  return true;
};

describe('readPlainYaml', () => {
  it.each([
    '../fixtures/full.yaml',
    '../fixtures/older-sample.yaml',
    '../../../../deploy/sam/functions/cache.yaml',
  ])('reads %s as the library does', (path) => {
    expect(isReadAlike(fileAt(path))).toBe(true);
  });

  it.each([
    ['lists below their name', 'dynamodb:\n- table: abc\n  keys:\n  - hash: a\n  - hash: b\n'],
    [
      'lists to the right of it',
      'dynamodb:\n    -   table: abc\n        fields:\n          - a\n          - b',
    ],
    [
      'comments and empty lines',
      '# a\n\ndynamodb: # b\n  # c\n  - table: abc # d\n\n    # e\n    ttl: 5m\n#\n',
    ],
    ['quotes', `dynamodb:\n  - table: "a: b"\n    name: 'c # d' # e\n`],
    [
      'brackets and braces',
      'dynamodb: [{ table: abc, keys: [{hash: "a b" , sort: 1}] }, { table: x }] # c\n',
    ],
    ['names that are not known, or given twice', 'a:\n  b: c\n  b: d\nA: e\n'],
  ])('reads %s as the library does', (_what, text) => {
    expect(isReadAlike(text)).toBe(true);
  });

  it.each([
    ['anchors and aliases', 'a: &b c\nd: *b\n'],
    ['tags', 'a: !!int 1\n'],
    ['text over several lines', 'a: b\n  c\n'],
    ['text in a block', 'a: |\n  b\n'],
    ['escapes', 'a: "\\t"\n'],
    ['a name without a value', 'a:\n'],
    ['a second document', 'a: b\n---\na: b\n'],
    ['what is not ASCII', 'a: é\n'],
    ['line ends of other systems', 'a: b\r\n'],
    ['mistakes', 'a: [b\n'],
    ['a list in a list', '- - a\n'],
    ['a name in braces without a blank behind it', 'a: { b:c }\n'],
    ['a name in brackets', 'a: [b: c]\n'],
    ['a comma without a value', 'a: [b, ]\n'],
    [
      'what is nested deep',
      `${Array.from({ length: 12 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')}${' '.repeat(12)}a: b`,
    ],
    ['brackets that are nested deep', `a: ${'['.repeat(6)}b${']'.repeat(6)}\n`],
    ['nothing', ''],
  ])('leaves %s to the library', (_what, text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  it('says nothing, or what the library says, of any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        isReadAlike(text);
      }),
      { numRuns: 3000 },
    );
  });

  it('says nothing, or what the library says, of text that is nearly a file of ours', () => {
    let read = 0;
    fc.assert(
      fc.property(likelyText, (text) => {
        if (isReadAlike(text)) read += 1;
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
