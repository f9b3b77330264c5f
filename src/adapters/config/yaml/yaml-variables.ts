import { FUNCTION_VARIABLE_PREFIX } from '../environment/variable-names.ts';
import type { EnvironmentVariables } from '../environment/variables.ts';
import type { Finding, YamlDocument, YamlNode, YamlScalar } from './yaml-node.ts';

/** `$${`, which stands for `${`; or `${`, with a name and `}` if they follow. */
const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g;

/** The variables of a function take 4 KiB at most, so that a text within this limit cannot become too long for a string. */
const MAX_REFERRING_LENGTH = 4_096;

/**
 * Replaces `${NAME}` in the scalars of `document` by the environment variable of that name. `$${` is a plain `${`. Adds a
 * finding for each variable that is not set or empty. Names of mappings stay as they are.
 *
 * @param text the text of the document
 */
export const resolveVariables = (
  text: string,
  document: YamlDocument,
  environment: EnvironmentVariables,
): YamlDocument => {
  if (!text.includes('${') || document.contents === null) return document;
  const scalars = new ScalarsWithVariables(environment);
  const contents = scalars.resolve(document.contents);
  return { ...document, contents, findings: [...document.findings, ...scalars.findings] };
};

class ScalarsWithVariables {
  readonly findings: Finding[] = [];
  readonly #environment: EnvironmentVariables;
  /** An anchor is one node, however many aliases refer to it. */
  readonly #known = new Map<YamlNode, YamlNode>();

  constructor(environment: EnvironmentVariables) {
    this.#environment = environment;
  }

  resolve(node: YamlNode): YamlNode {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const resolved = this.#resolved(node);
    this.#known.set(node, resolved);
    return resolved;
  }

  #resolved(node: YamlNode): YamlNode {
    if (node.kind === 'text') return this.#scalar(node);
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.resolve(item)) };
    if (node.kind !== 'mapping') return node;
    const pairs = node.pairs.map((pair) => ({ ...pair, value: pair.value && this.resolve(pair.value) }));
    return { ...node, pairs };
  }

  #scalar(node: YamlScalar): YamlScalar {
    if (node.text.length > MAX_REFERRING_LENGTH && node.text.includes('${')) return this.#tooLong(node);
    const text = node.text.replace(REFERENCE, (reference, name: string | undefined) => {
      if (reference === '$${') return '${';
      return name === undefined ? this.#malformed(node) : this.#valueOf(name, node);
    });
    // A variable may hold a secret by mistake, so messages show the reference.
    return text === node.text ? node : { ...node, text, source: node.text };
  }

  #valueOf(name: string, { offset }: YamlScalar): string {
    const value = this.#own(name) ?? this.#own(`${FUNCTION_VARIABLE_PREFIX}${name}`);
    if (value) return value;
    this.findings.push({
      offset,
      text: `\${${name}}: the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}; set it, or write $\${ for a plain \${`,
    });
    return '';
  }

  /** Not `constructor` and the like, which every object has. */
  #own(name: string): string | undefined {
    return Object.hasOwn(this.#environment, name) ? this.#environment[name] : undefined;
  }

  #tooLong(node: YamlScalar): YamlScalar {
    this.findings.push({
      offset: node.offset,
      text: `is a text of more than ${MAX_REFERRING_LENGTH} characters with references to variables; allowed: a shorter text`,
    });
    return node;
  }

  #malformed({ offset }: YamlScalar): string {
    this.findings.push({
      offset,
      text: `\${ must be followed by the name of an environment variable and }, as in \${PRODUCTS_TABLE}; write $\${ for a plain \${`,
    });
    return '';
  }
}
