import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('exports'))
  .map((path) => join(root, 'src', path))
  .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));

const statementsOf = ({ path, text }: Source): readonly ts.Statement[] => [
  ...ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements,
];

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

const namesIn = (statement: ts.Statement): readonly string[] => {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const isNamed =
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
};

const isType = (statement: ts.Statement): boolean =>
  ts.isClassDeclaration(statement) ||
  ts.isInterfaceDeclaration(statement) ||
  ts.isTypeAliasDeclaration(statement);

/** Names that two files export, and names of classes and types that two files declare, exported or not. */
const namesUsedTwice = (files: readonly Source[]): readonly string[] => {
  const places = new Map<string, Set<string>>();
  for (const file of files) {
    for (const statement of statementsOf(file)) {
      if (!isExported(statement) && !isType(statement)) continue;
      for (const name of namesIn(statement)) {
        const at = places.get(name) ?? new Set();
        places.set(name, at.add(file.path));
      }
    }
  }
  return [...places].filter(([, at]) => at.size > 1).map(([name, at]) => `${name}: ${[...at].join(', ')}`);
};

/** Constructors with more parts by position than anybody keeps in order. */
const longConstructors = (files: readonly Source[]): readonly string[] =>
  files.flatMap((file) =>
    statementsOf(file).flatMap((statement) =>
      ts.isClassDeclaration(statement)
        ? statement.members
            .filter(ts.isConstructorDeclaration)
            .filter(({ parameters }) => parameters.length > 4)
            .map(({ parameters }) => `${statement.name?.text} in ${file.path}: ${parameters.length}`)
        : [],
    ),
  );

describe('the names of the code base', () => {
  it('exports each name once, and gives each class and type a name of its own', () => {
    expect(namesUsedTwice(sources)).toEqual([]);
  });

  it('reports a name that two files export, and a type that two files declare', () => {
    const planted = [
      { path: 'one.ts', text: 'export const same = 1;\ninterface Part {}\nconst local = 1;' },
      { path: 'two.ts', text: 'export function same() {}\ntype Part = string;\nconst local = 2;' },
    ];

    expect(namesUsedTwice(planted)).toEqual(['same: one.ts, two.ts', 'Part: one.ts, two.ts']);
  });
});

describe('the constructors of the code base', () => {
  it('take at most four parts by position; more parts come as one object', () => {
    expect(longConstructors(sources)).toEqual([]);
  });

  it('are reported with five parts', () => {
    const text = 'class A { constructor(a: 1, b: 1, c: 1, d: 1, e: 1) {} }\nclass B { constructor(a: 1) {} }';

    expect(longConstructors([{ path: 'a.ts', text }])).toEqual(['A in a.ts: 5']);
  });
});
