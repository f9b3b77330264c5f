import { describe, expect, it } from '@jest/globals';
import { documents, readDocument } from '../support/docs/markdown.ts';

const FOLDER = 'docs/maintainers/decisions/';
const HEADINGS = ['Status', 'Context', 'Decision', 'Consequences'];

const pages = documents.filter((path) => path.startsWith(FOLDER) && path !== `${FOLDER}README.md`);

/** The ways in which the text of a decision differs from the form; a section may have headings below level two. */
const formDefects = (markdown: string): readonly string[] => {
  const lines = markdown.replace(/^( *)```[\s\S]*?^\1```$/gm, '').split('\n');
  const headingsOfLevel = (level: number) =>
    lines.filter((line) => line.startsWith(`${'#'.repeat(level)} `)).map((line) => line.slice(level + 1));
  const emptySections = markdown.match(/^## [^\n]+\n+(?=## |$(?![\s\S]))/gm) ?? [];

  return [
    ...(headingsOfLevel(1).length === 1 && lines[0]?.startsWith('# ') ? [] : ['title']),
    ...(headingsOfLevel(2).join() === HEADINGS.join() ? [] : [`headings: ${headingsOfLevel(2).join(', ')}`]),
    ...emptySections.map((section) => `empty: ${section.trim()}`),
    ...(/^## Status\n\n(Accepted|Superseded)\b/m.test(markdown) ? [] : ['status']),
  ];
};

/** The numbers that several pages have, and the pages without one. */
const numberDefects = (paths: readonly string[]): readonly string[] => {
  const numbers = paths.map((path) => /^\d{4}(?=-[a-z0-9-]+\.md$)/.exec(path.slice(FOLDER.length))?.[0]);
  return paths.filter(
    (_, index) => numbers[index] === undefined || numbers.indexOf(numbers[index]) !== index,
  );
};

const WELL_FORMED = [
  '# Title',
  '## Status',
  'Accepted, 2026-11-29.',
  '## Context',
  'Text.',
  '## Decision',
  '### Part',
  'Text.',
  '## Consequences',
  'Text.\n',
].join('\n\n');

describe('the form of the decisions', () => {
  it.each(pages)('%s has a title and the sections Status, Context, Decision and Consequences', (page) => {
    expect(formDefects(readDocument(page))).toEqual([]);
  });

  it('each page has a number of its own', () => {
    expect(pages).not.toEqual([]);
    expect(numberDefects(pages)).toEqual([]);
  });
});

describe('the check of the form of a decision', () => {
  it('accepts a page with the four sections', () => {
    expect(formDefects(WELL_FORMED)).toEqual([]);
  });

  it.each([
    [
      'a missing section',
      WELL_FORMED.replace('## Context\n\n', ''),
      'headings: Status, Decision, Consequences',
    ],
    [
      'sections in another order',
      WELL_FORMED.replace('## Context', '## X')
        .replace('## Decision', '## Context')
        .replace('## X', '## Decision'),
      'headings: Status, Decision, Context, Consequences',
    ],
    [
      'an additional section',
      `${WELL_FORMED}\n## Figures\n\nText.\n`,
      'headings: Status, Context, Decision, Consequences, Figures',
    ],
    ['an empty section', WELL_FORMED.replace('## Context\n\nText.', '## Context'), 'empty: ## Context'],
    ['an empty last section', WELL_FORMED.replace(/Text\.\n$/, ''), 'empty: ## Consequences'],
    ['a second title', `# Title\n\n${WELL_FORMED}`, 'title'],
    ['a status that is neither Accepted nor Superseded', WELL_FORMED.replace('Accepted', 'Yes'), 'status'],
  ])('reports %s', (_, page, defect) => {
    expect(formDefects(page)).toEqual([defect]);
  });

  it('reports a repeated number and a page without a number', () => {
    const paths = ['0001-a.md', '0002-b.md', '0001-c.md', 'no-number.md'].map((name) => FOLDER + name);

    expect(numberDefects(paths)).toEqual([`${FOLDER}0001-c.md`, `${FOLDER}no-number.md`]);
  });
});
