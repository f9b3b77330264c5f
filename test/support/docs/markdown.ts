import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const markdownUnder = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => join(folder, path));

/** Every Markdown file of the project, relative to its root. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['deploy', 'docs', 'examples', 'layers'].flatMap(markdownUnder),
].sort();

export const readDocument = (path: string): string => readFileSync(join(root, path), 'utf8');

export interface Snippet {
  readonly document: string;
  /** Of the first line of code. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** The fenced code blocks of a document. */
export const snippetsOf = (document: string): readonly Snippet[] => {
  const text = readDocument(document);
  return [...text.matchAll(/^( *)```(\w+)[^\n]*\n([\s\S]*?)^\1```$/gm)].map((match) => ({
    document,
    line: text.slice(0, match.index).split('\n').length + 1,
    language: match[2] ?? '',
    code: match[3] ?? '',
  }));
};
