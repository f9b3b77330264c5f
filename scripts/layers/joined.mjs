const EXTENSION = 'dist/layers/extension.js';

/**
 * Files of the bundle, from name to CommonJS, with the pieces that several share put into the file that needs them first:
 * Node.js takes 0.3 ms for each file that it has to find. A piece is kept by the main module then, which all others know.
 *
 * @param starts sources of the files that are loaded before all others, in this order
 */
export const joined = (codes, { outputs }, starts) => {
  const joinedNames = new Set();
  const result = new Map(codes);
  const startPaths = starts.map((start) =>
    Object.keys(outputs).find((path) => outputs[path].entryPoint === start),
  );
  for (const root of [EXTENSION, ...startPaths]) {
    // What is needed without it must not wait for it.
    const early = reachable(outputs, EXTENSION, root);
    const pieces = neededBy(outputs, root).filter(
      (path) => !joinedNames.has(nameOf(path)) && (root === EXTENSION || !early.has(path)),
    );
    const texts = pieces.map((path) => piece(nameOf(path), codes.get(nameOf(path))));
    for (const path of pieces) {
      joinedNames.add(nameOf(path));
      result.delete(nameOf(path));
    }
    result.set(nameOf(root), [...texts, codes.get(nameOf(root))].join(''));
  }
  result.set(nameOf(EXTENSION), `require.main.pieces={};${result.get(nameOf(EXTENSION))}`);
  for (const [name, code] of result) {
    const known = code.replaceAll(/require\("\.\/([^"]+\.cjs)"\)/g, (call, needed) =>
      joinedNames.has(needed) ? `${found(needed)}.exports` : call,
    );
    result.set(name, known);
  }
  return result;
};

const nameOf = (path) => path.split('/').at(-1).replace(/\.js$/, '.cjs');

const found = (name) => `require.main.pieces["${name}"]`;

const piece = (name, code) =>
  `(function(module,exports){${code}\n})(${found(name)}={exports:{}},${found(name)}.exports);`;

const importsOf = (outputs, path, kinds) =>
  outputs[path].imports
    .filter(({ kind, external }) => !external && kinds.includes(kind))
    .map((each) => each.path);

/** What is loaded together with a file, each after what it needs itself. */
const neededBy = (outputs, root) => {
  const found = new Set();
  const visit = (path) => {
    for (const next of importsOf(outputs, path, ['import-statement'])) {
      if (found.has(next)) continue;
      visit(next);
      found.add(next);
    }
  };
  visit(root);
  return [...found];
};

/** What may be loaded from `root` on while `barrier` is not. */
const reachable = (outputs, root, barrier) => {
  const found = new Set([root]);
  for (const path of found)
    for (const next of importsOf(outputs, path, ['import-statement', 'dynamic-import']))
      if (next !== barrier) found.add(next);
  return found;
};
