import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FlagSelection, selectFlags } from '../../../src/domain/appconfig/feature-flags.ts';
import { memberTexts } from '../../../src/domain/json/json-scanner.ts';
import { FLAGS } from '../../support/appconfig/agent-vectors.ts';

const encoder = new TextEncoder();
const select = (text: string, ...flags: readonly string[]): FlagSelection =>
  selectFlags(memberTexts(encoder.encode(text)) ?? new Map(), flags);

const jsonOf = (selection: FlagSelection): string =>
  selection.outcome === 'selected' ? selection.json : `no JSON: ${selection.outcome}`;

describe('selectFlags', () => {
  it('returns the value of one flag with the white space inside it', () => {
    expect(jsonOf(select(FLAGS, 'featureA'))).toBe('{\n    "enabled": true\n  }');
  });

  it('returns several flags as compact JSON in the order of the request', () => {
    expect(jsonOf(select(FLAGS, 'featureB', 'featureA'))).toBe(
      '{"featureB":{"enabled":false},"featureA":{"enabled":true}}',
    );
  });

  it('returns a flag that is requested twice once', () => {
    expect(jsonOf(select(FLAGS, 'featureA', 'featureA'))).toBe('{"featureA":{"enabled":true}}');
  });

  it('reports each flag that does not exist or is not an object, once', () => {
    expect(select(FLAGS, 'x', 'featureA', 'featureC', 'x')).toEqual({
      outcome: 'no-such-flag',
      flags: ['x', 'featureC'],
    });
  });

  it.each(['', 'foo: bar\n', '[{"a":{}}]', '"a"', '{"a":{},}', '{"a":{"b":[}]}}', '{"a":{}} x', 'null'])(
    'finds no flag in %j',
    (text) => {
      expect(select(text, 'a')).toEqual({ outcome: 'no-such-flag', flags: ['a'] });
    },
  );

  it('finds no flag in bytes that are not UTF-8', () => {
    const bytes = encoder.encode('{"a":{"b":"?"}}');
    bytes[11] = 0xff;

    expect(selectFlags(memberTexts(bytes) ?? new Map(), ['a']).outcome).toBe('no-such-flag');
  });

  it('keeps numbers and escapes as they are written', () => {
    const text =
      '{ "a" : { "n" : [1.0, 1e400, 12345678901234567890], "s" : " \\" \\u00e9 \\\\" } , "b" : {} }';

    expect(jsonOf(select(text, 'a', 'b'))).toBe(
      '{"a":{"n":[1.0,1e400,12345678901234567890],"s":" \\" \\u00e9 \\\\"},"b":{}}',
    );
  });

  it('reports a requested flag that has variants, and ignores variants of others', () => {
    const text = '{"a":{"enabled":true,"_variant":"QA"},"b":{"inner":{"_variant":"x"}}}';

    expect(select(text, 'b', 'a').outcome).toBe('variants');
    expect(select(text, 'b').outcome).toBe('selected');
  });

  it('agrees with JSON.parse on every flag of every object', () => {
    const attributes = fc.dictionary(
      fc.string({ maxLength: 5 }).filter((key) => key !== '_variant'),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 3 },
    );
    const flagName = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom('__proto__', '1', 'a"b', '\u{1f375}'),
    );
    const flags = fc.dictionary(flagName, fc.oneof(attributes, fc.jsonValue({ maxDepth: 1 })), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(flags, flagName, fc.constantFrom(0, 1, '\t'), (stored, other, indent) => {
        const text = JSON.stringify(stored, undefined, indent);
        for (const flag of [...Object.keys(stored), other]) {
          const value = Object.hasOwn(stored, flag) ? stored[flag] : undefined;
          const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
          const one = select(text, flag);
          const twice = select(text, flag, flag);

          expect(one.outcome).toBe(isObject ? 'selected' : 'no-such-flag');
          if (!isObject) continue;
          expect(text).toContain(jsonOf(one));
          expect(JSON.parse(jsonOf(one))).toEqual(JSON.parse(JSON.stringify(value)));
          expect(jsonOf(twice)).toBe(`{${JSON.stringify(flag)}:${JSON.stringify(value)}}`);
        }
      }),
    );
  });

  it('takes the last value of a repeated name, as JSON.parse does', () => {
    expect(jsonOf(select('{"a":{"v":1},"a":{"v":2}}', 'a'))).toBe('{"v":2}');
  });
});
