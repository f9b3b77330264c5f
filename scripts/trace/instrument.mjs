import ts from 'typescript';

/** The global that instrumented modules call: a `Recorder`. */
const RECORDER = '__trace';
/** The constant of a module that identifies it to the recorder. */
const FILE = '__traceFile';
/** The variable of a function that holds its frame. */
const FRAME = '__traceFrame';

/** Types are erased, not checked. */
const COMPILER_OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  isolatedModules: true,
  noCheck: true,
  noLib: true,
  noResolve: true,
  types: [],
};

const { factory } = ts;

/**
 * Erases the types of TypeScript modules and makes each function report to the recorder when it begins, ends, waits and
 * continues.
 *
 * A function waits at `await`, `yield` and in `for await`. A rejection that is caught continues it in the `catch` or
 * `finally` block. Initializers of class fields and code that runs when the module loads are not reported.
 *
 * @param {ReadonlyMap<string, string>} sources texts by the paths that name the files in the records
 * @returns {Map<string, string>} ES modules by the same paths, but with `.js` at the end
 */
export const instrument = (sources) => {
  const outputs = new Map();
  const host = {
    getSourceFile: (path) => ts.createSourceFile(path, sources.get(path) ?? '', ts.ScriptTarget.ES2022),
    writeFile: (path, text) => outputs.set(path, text),
    fileExists: (path) => sources.has(path),
    readFile: (path) => sources.get(path),
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getCurrentDirectory: () => '',
    getDefaultLibFileName: () => 'lib.d.ts',
    getNewLine: () => '\n',
  };
  // One program for all: `ts.transpileModule` would make one for each file, which takes three times as long.
  const program = ts.createProgram([...sources.keys()], COMPILER_OPTIONS, host);
  program.emit(undefined, undefined, undefined, false, { before: [instrumented] });
  return outputs;
};

const instrumented = (context) => (sourceFile) => {
  const path = sourceFile.fileName;
  const functions = [];
  const visitor = new Visitor(context, sourceFile, functions);
  const { statements } = ts.visitEachChild(sourceFile, (node) => visitor.outsideFunctions(node), context);
  const registration = constant(
    FILE,
    call('file', factory.createStringLiteral(path), factory.createStringLiteral(JSON.stringify(functions))),
  );
  return factory.updateSourceFile(sourceFile, [registration, ...statements]);
};

/** Rewrites the nodes of one file. */
class Visitor {
  #context;
  #sourceFile;
  #functions;

  constructor(context, sourceFile, functions) {
    this.#context = context;
    this.#sourceFile = sourceFile;
    this.#functions = functions;
  }

  /** @param name that of what the node is assigned to, if it is assigned */
  outsideFunctions(node, name) {
    return (
      this.#function(node, name) ??
      this.#children(node, (child, given) => this.outsideFunctions(child, given))
    );
  }

  /** Rewrites what belongs to a function, and the functions in it. */
  #insideFunction = (node, name) => {
    const inner = this.#function(node, name);
    if (inner !== undefined) return inner;
    const visited = this.#children(node, this.#insideFunction);
    if (ts.isAwaitExpression(visited)) {
      return call('continues', frame(), factory.updateAwaitExpression(visited, waits(visited.expression)));
    }
    if (ts.isYieldExpression(visited)) {
      const { asteriskToken, expression = factory.createVoidZero() } = visited;
      return call(
        'continues',
        frame(),
        factory.updateYieldExpression(visited, asteriskToken, waits(expression)),
      );
    }
    if (ts.isForOfStatement(visited) && visited.awaitModifier !== undefined) return forAwait(visited);
    if (ts.isCatchClause(visited)) {
      return factory.updateCatchClause(visited, visited.variableDeclaration, continuing(visited.block));
    }
    if (ts.isTryStatement(visited) && visited.finallyBlock !== undefined) {
      const { tryBlock, catchClause, finallyBlock } = visited;
      return factory.updateTryStatement(visited, tryBlock, catchClause, continuing(finallyBlock));
    }
    return visited;
  };

  #children(node, visit) {
    if (isDynamicImport(node)) return importOfOutput(node);
    return ts.visitEachChild(node, (child) => visit(child, nameGivenBy(node, child)), this.#context);
  }

  /** The node with its body wrapped if it is a function with a body. */
  #function(node, name) {
    if (!ts.isFunctionLike(node) || node.body === undefined) return undefined;
    const id = this.#functions.length;
    const { line } = ts.getLineAndCharacterOfPosition(this.#sourceFile, node.getStart(this.#sourceFile));
    this.#functions.push([nameOf(node) ?? name ?? '(anonymous)', line + 1]);
    return this.#withBody(
      node,
      wrapped(
        id,
        ts.visitNode(node.body, (child) => this.#insideFunction(child)),
      ),
    );
  }

  #withBody(node, body) {
    const { modifiers, asteriskToken: star, name, typeParameters, type } = node;
    const parameters = ts.visitNodes(node.parameters, (child) => this.outsideFunctions(child));
    if (ts.isArrowFunction(node)) {
      const arrow = node.equalsGreaterThanToken;
      return factory.updateArrowFunction(node, modifiers, typeParameters, parameters, type, arrow, body);
    }
    if (ts.isFunctionExpression(node)) {
      return factory.updateFunctionExpression(
        node,
        modifiers,
        star,
        name,
        typeParameters,
        parameters,
        type,
        body,
      );
    }
    if (ts.isFunctionDeclaration(node)) {
      return factory.updateFunctionDeclaration(
        node,
        modifiers,
        star,
        name,
        typeParameters,
        parameters,
        type,
        body,
      );
    }
    if (ts.isMethodDeclaration(node)) {
      return factory.updateMethodDeclaration(
        node,
        modifiers,
        star,
        name,
        node.questionToken,
        typeParameters,
        parameters,
        type,
        body,
      );
    }
    if (ts.isConstructorDeclaration(node)) {
      return factory.updateConstructorDeclaration(node, modifiers, parameters, body);
    }
    if (ts.isGetAccessorDeclaration(node)) {
      return factory.updateGetAccessorDeclaration(node, modifiers, name, parameters, type, body);
    }
    return factory.updateSetAccessorDeclaration(node, modifiers, name, parameters, body);
  }
}

const isDynamicImport = (node) =>
  ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;

/** The compiler rewrites the extensions of static imports only, once the tree was changed. */
const importOfOutput = (node) => {
  const [{ text }] = node.arguments;
  const path = text.startsWith('.') ? text.replace(/\.ts$/, '.js') : text;
  return factory.updateCallExpression(node, node.expression, undefined, [factory.createStringLiteral(path)]);
};

/** The name that the parent node gives to a function without one. */
const nameGivenBy = (parent, child) => (parent.initializer === child ? textOf(parent.name) : undefined);

const nameOf = (node) => (ts.isConstructorDeclaration(node) ? 'constructor' : textOf(node.name));

/** Undefined for a name that is computed, or a pattern. */
const textOf = (name) => name?.text;

/** The body between a report of its beginning and one of its end. */
const wrapped = (id, body) => {
  const block = ts.isBlock(body)
    ? factory.createBlock(body.statements, true)
    : factory.createBlock([factory.createReturnStatement(body)], true);
  const begins = call('begins', factory.createIdentifier(FILE), factory.createNumericLiteral(id));
  return factory.createBlock(
    [
      constant(FRAME, begins),
      factory.createTryStatement(block, undefined, factory.createBlock([statement(call('ends', frame()))])),
    ],
    true,
  );
};

/** The loop waits before each step and continues in the body, or behind the loop. */
const forAwait = (loop) => {
  const { awaitModifier, initializer, expression, statement: body } = loop;
  const steps = call('steps', frame(), expression);
  const continued = continuing(ts.isBlock(body) ? body : factory.createBlock([body]));
  return factory.createBlock([
    factory.updateForOfStatement(loop, awaitModifier, initializer, steps, continued),
    statement(call('continues', frame())),
  ]);
};

const continuing = (block) =>
  factory.updateBlock(block, [statement(call('continues', frame())), ...block.statements]);

const frame = () => factory.createIdentifier(FRAME);

const waits = (expression) => call('waits', frame(), expression);

const statement = (expression) => factory.createExpressionStatement(expression);

const call = (method, ...args) =>
  factory.createCallExpression(
    factory.createPropertyAccessExpression(factory.createIdentifier(RECORDER), method),
    undefined,
    args,
  );

const constant = (name, value) =>
  factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList(
      [factory.createVariableDeclaration(name, undefined, undefined, value)],
      ts.NodeFlags.Const,
    ),
  );
