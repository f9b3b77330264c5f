import { describe, expect, it } from '@jest/globals';
import { ParsedConfigurations } from '../../../../src/adapters/http/appconfig-agent/parsed-configurations.ts';

/** A configuration of so many bytes, with one flag. */
const configuration = (digest: string, byteLength: number) => {
  const bytes = new Uint8Array(byteLength).fill(0x20);
  bytes.set(new TextEncoder().encode('{"f":{}}'));
  return { digest, bytes };
};

/** Whether the configuration is still parsed; if it is not, this parses it. */
const isKept = (parsed: ParsedConfigurations, each: ReturnType<typeof configuration>): boolean =>
  parsed.valuesOf(each) === parsed.valuesOf({ ...each });

describe('ParsedConfigurations', () => {
  it('parses a configuration once', () => {
    const parsed = new ParsedConfigurations();
    const first = parsed.valuesOf(configuration('a', 100));

    expect([...first]).toEqual([['f', '{}']]);
    expect(parsed.valuesOf(configuration('a', 100))).toBe(first);
  });

  it('has no values of what is not a JSON object', () => {
    const bytes = new TextEncoder().encode('[1]');

    expect(new ParsedConfigurations().valuesOf({ digest: 'a', bytes }).size).toBe(0);
  });

  it('keeps the least recently used ones no longer when all of them exceed the bound', () => {
    const parsed = new ParsedConfigurations(300);
    const [a, b, c] = [configuration('a', 100), configuration('b', 100), configuration('c', 100)];
    const [inA, inB, inC] = [a, b, c].map((each) => parsed.valuesOf(each));
    parsed.valuesOf(a);
    parsed.valuesOf(configuration('d', 101));

    expect(parsed.valuesOf(a)).toBe(inA);
    expect(parsed.valuesOf(b)).not.toBe(inB);
    expect(parsed.valuesOf(c)).not.toBe(inC);
  });

  it('keeps as many as fit exactly', () => {
    const parsed = new ParsedConfigurations(200);
    const [a, b] = [configuration('a', 100), configuration('b', 100)];
    const inA = parsed.valuesOf(a);
    parsed.valuesOf(b);

    expect(parsed.valuesOf(a)).toBe(inA);
  });

  it('parses a configuration over the bound each time, and keeps the others', () => {
    const parsed = new ParsedConfigurations(100);
    const small = configuration('small', 100);
    const inSmall = parsed.valuesOf(small);

    expect(isKept(parsed, configuration('large', 101))).toBe(false);
    expect(parsed.valuesOf(small)).toBe(inSmall);
  });

  it('keeps at most 4 MiB by default', () => {
    expect(isKept(new ParsedConfigurations(), configuration('a', 4_194_304))).toBe(true);
    expect(isKept(new ParsedConfigurations(), configuration('a', 4_194_305))).toBe(false);
  });
});
