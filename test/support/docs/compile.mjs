import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import ts from 'typescript';

/*
 * Compiles several sets of files in one folder, each by its own rules, and reads what they all import only once:
 *   node compile.mjs <folder> < sets.json > results.json
 * A set is { extension, codes }; its result is one text of errors for each code, empty if it compiles.
 */
const [folder] = process.argv.slice(2);

const COMMON = {
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  // Without the names of browsers: the code runs in Node.js.
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  skipLibCheck: true,
};
const OPTIONS = {
  ts: { ...COMMON, strict: true },
  mjs: { ...COMMON, allowJs: true, checkJs: true, strict: false },
};

process.chdir(folder);
const declarations = new Map();

/** A host that parses a declaration file once for all programs. What it binds does not depend on `strict`. */
const hostOf = (options) => {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...rest) => {
    if (!path.endsWith('.d.ts')) return getSourceFile(path, ...rest);
    if (!declarations.has(path)) declarations.set(path, getSourceFile(path, ...rest));
    return declarations.get(path);
  };
  return host;
};

const results = (await json(process.stdin)).map(({ extension, codes }, set) => {
  const files = codes.map((code, index) => {
    const file = join(folder, `snippet-${set}-${index}.${extension}`);
    writeFileSync(file, code);
    return file;
  });
  const options = OPTIONS[extension];
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, options, hostOf(options)));
  const unlocated = diagnostics.filter(({ file }) => file === undefined);
  if (unlocated.length > 0) throw new Error(textOf(unlocated));
  return files.map((path) => textOf(diagnostics.filter(({ file }) => file.fileName === path)));
});

function textOf(diagnostics) {
  return diagnostics
    .map(({ code, messageText }) => `error TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
    .join('\n');
}

process.stdout.write(JSON.stringify(results));
