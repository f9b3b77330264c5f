import { join } from 'node:path';
import ts from 'typescript';

/*
 * Prints the errors of the compiler in the declarations of a package, for a project without `skipLibCheck`:
 *   node check-declarations.mjs <folder> <package> <entries.ts>
 * Those of other packages are read as far as the package needs them, but not checked: that takes most of the time.
 */
const [folder, name, entries] = process.argv.slice(2);
process.chdir(folder);
const own = ts.sys.realpath(join(folder, 'node_modules', name));

const RESOLUTIONS = [
  { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
];

for (const resolution of RESOLUTIONS) {
  const options = {
    ...resolution,
    target: ts.ScriptTarget.ES2022,
    // Without the names of browsers: the package is for Node.js.
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
    resolveJsonModule: true,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const program = ts.createProgram([entries], options);
  const files = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === entries || fileName.startsWith(own));
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  const host = {
    getCanonicalFileName: (path) => path,
    getCurrentDirectory: () => folder,
    getNewLine: () => '\n',
  };
  console.log(`${ts.ModuleResolutionKind[resolution.moduleResolution]}: ${files.length} files`);
  process.stdout.write(ts.formatDiagnostics(diagnostics, host));
}
