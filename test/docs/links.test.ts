import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { anchorsOf, relativeLinksOf } from '../support/docs/links.ts';
import { documents, readDocument } from '../support/docs/markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A link without a path leads to a heading of its own document. */
const isDead = (document: string) => (link: string) => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (target.startsWith('..') || !existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readDocument(target)).has(anchor);
};

/** These describe earlier versions, or other projects. */
const PAST = /^(CHANGELOG\.md|docs\/maintainers\/decisions\/|layers\/licences\/)/;

/** The source files that a document names in its prose, from the root, from `src` or `test`, or from its own folder. */
const namedFilesOf = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/`([\w.-]+\/[\w./-]+\.(?:ts|mjs|cjs))`/g)].map(([, path = '']) => path);

const isNoFile = (document: string) => (path: string) =>
  !['', 'src', 'test', dirname(document)].some((folder) => existsSync(join(root, folder, path)));

describe('the files that documents name', () => {
  it.each(documents.filter((document) => !PAST.test(document)))('exist: %s', (document) => {
    expect(namedFilesOf(readDocument(document)).filter(isNoFile(document))).toEqual([]);
  });

  it('are found missing', () => {
    const markdown =
      '`domain/cache/ttl-policy.ts`, `src/no.ts`, `scripts/no.mjs`, `scripts/test.mjs`, `and/or`';

    expect(namedFilesOf(markdown).filter(isNoFile('README.md'))).toEqual(['src/no.ts', 'scripts/no.mjs']);
  });
});

describe('the links of the documents', () => {
  it.each(documents)('lead from %s to files and headings that exist', (document) => {
    expect(relativeLinksOf(readDocument(document)).filter(isDead(document))).toEqual([]);
  });

  it.each([
    'no-such-file.md',
    '../outside.md',
    '#no-such-heading',
    'docs/deploy.md#no-such-heading',
    './docs/deploy.md#CDK',
  ])('are found dead in README.md: %s', (link) => {
    expect(relativeLinksOf(`[text](${link} "title")`).filter(isDead('README.md'))).toEqual([link]);
  });

  it('are read from images, titles and reference definitions, but not from code or other sites', () => {
    const markdown = [
      '![image](a.png) [titled](b.md "title") [site](https://example.com) `[code](no)`',
      '```md',
      '[fenced](no)',
      '```',
      '[reference]: c.md',
    ].join('\n');

    expect(relativeLinksOf(markdown)).toEqual(['a.png', 'b.md', 'c.md']);
  });

  it('use the anchors that GitHub derives from headings', () => {
    const markdown =
      '# `cache.yaml`\n## Who may ask?\n## Who may ask?\n```sh\n# comment\n```\n## [Link](x.md), _it_';

    expect([...anchorsOf(markdown)]).toEqual(['cacheyaml', 'who-may-ask', 'who-may-ask-1', 'link-_it_']);
  });
});
