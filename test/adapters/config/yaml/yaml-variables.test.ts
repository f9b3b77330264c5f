import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';
import { describeNode, type YamlNode } from '../../../../src/adapters/config/yaml/yaml-node.ts';
import { resolveVariables } from '../../../../src/adapters/config/yaml/yaml-variables.ts';

const resolved = (text: string, environment: Readonly<Record<string, string>>) =>
  resolveVariables(text, readYaml(text), environment);

const scalarsOf = (node: YamlNode | null): readonly string[] => {
  if (node?.kind === 'list') return node.items.flatMap(scalarsOf);
  if (node?.kind === 'mapping') return node.pairs.flatMap(({ value }) => scalarsOf(value));
  return node?.kind === 'text' ? [node.text] : [];
};

describe('resolveVariables', () => {
  it.each([
    ['${A}', ['one']],
    ['x-${A}-${B}/${A}', ['x-one-two/one']],
    ['"${A}"', ['one']],
    ['[a, { b: "${B}" }, "${A}"]', ['a', 'two', 'one']],
    ['[&x "${A}", *x]', ['one', 'one']],
    ['"$${A} $A $ {A} $$"', ['${A} $A $ {A} $$']],
  ])('replaces references in %s', (value, expected) => {
    const { contents, findings } = resolved(`v: ${value}`, { A: 'one', B: 'two' });

    expect(scalarsOf(contents)).toEqual(expected);
    expect(findings).toEqual([]);
  });

  it('reports each variable that is not set or empty, and each reference without a name', () => {
    const { findings } = resolved('["x${A}", "${B}", "${}", "${A b}", "${1}"]', { B: '' });

    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^\$\{A\}: the environment variable A is not set; set it, or write \$\$\{/),
      expect.stringMatching(/^\$\{B\}: the environment variable B is empty;/),
      ...['', 'A b', '1'].map(() => expect.stringContaining('must be followed by the name')),
    ]);
    expect(findings.map(({ offset }) => offset)).toEqual([1, 10, 18, 25, 35]);
  });

  it('knows no variable that every object has', () => {
    expect(resolved('v: ${constructor}-${__proto__}', {}).findings).toHaveLength(2);
  });

  it('refuses a text that could become too long', () => {
    const text = `v: ${'${A}'.repeat(250_000)}`;
    expect(resolved(text, { A: 'x'.repeat(4_000) }).findings).toMatchObject([
      { text: expect.stringContaining('more than 4096 characters') },
    ]);
  });

  it('reports a reference in an anchor once, however many aliases refer to it', () => {
    expect(resolved('[&x "${A}", *x, *x]', {}).findings).toHaveLength(1);
  });

  it('uses the variable that the launcher of the layers passes with a prefix', () => {
    expect(scalarsOf(resolved('v: ${A}', { CACHE_EXTENSION_FUNCTION_A: 'one' }).contents)).toEqual(['one']);
  });

  it('does not let a value change the structure, refer to another variable, or appear in messages', () => {
    const value = 'a: [${B}, *x] # "';
    const { contents, findings } = resolved('v: ${A}', { A: value, B: 'two' });

    expect({ texts: scalarsOf(contents), findings }).toEqual({ texts: [value], findings: [] });
    const node = contents?.kind === 'mapping' ? (contents.pairs[0]?.value ?? null) : null;
    expect(describeNode(node)).toBe('"${A}"');
  });

  it('changes no text without references', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${'));
        const document = readYaml(JSON.stringify({ v: [text, '${A}'] }));
        expect(scalarsOf(resolveVariables('${', document, { A: 'one' }).contents)[0]).toBe(
          scalarsOf(document.contents)[0],
        );
      }),
    );
  });
});
