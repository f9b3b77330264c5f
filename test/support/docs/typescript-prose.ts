import ts from 'typescript';
import { withoutCode } from './language.ts';

/** Keeps comments and the contents of strings; replaces all other characters by spaces, so that lines keep their numbers. */
export const proseOf = (source: string): string => {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  let prose = '';
  const visit = (node: ts.Node): void => {
    // Documentation comments are part of the trivia of the token after them.
    if (ts.isJSDoc(node)) return;
    const parts = node.getChildren(file);
    if (parts.length > 0) {
      for (const part of parts) visit(part);
      return;
    }
    const start = node.getStart(file);
    prose += withoutCode(source.slice(node.pos, start));
    prose += textOf(node, source.slice(start, node.end));
  };
  visit(file);
  return prose;
};

/** Strings are kept without their delimiters, which may be backticks. */
const textOf = (node: ts.Node, text: string): string =>
  ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)
    ? text.replace(/^['"`}]|(?:['"`]|\$\{)$/g, blank)
    : blank(text);

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
