import fc from 'fast-check';
import { anyText } from './any-text.ts';

/** Decisions that `spelled` takes one after another, and again from the first; none means the usual spelling. */
export const spellingChoices = fc.array(fc.nat(30), { maxLength: 40 });

const SPACES = [' ', '\n\t', '\r\n'];

/** Writes `value` as JSON in an unusual way: with white space, escapes, and other forms of the same numbers. */
export const spelled = (value: unknown, choices: readonly number[]): string => {
  let taken = 0;
  const choice = (): number => choices[taken++ % choices.length] ?? 0;
  const space = (): string => SPACES[choice() - 1] ?? '';
  const character = (each: string): string => {
    const chosen = choice();
    if (chosen > 2) return JSON.stringify(each).slice(1, -1);
    if (chosen === 1 && each === '/') return '\\/';
    if (chosen === 0) return JSON.stringify(each).slice(1, -1);
    const digits = Array.from({ length: each.length }, (_, index) =>
      each.charCodeAt(index).toString(16).padStart(4, '0'),
    );
    return digits.map((four) => `\\u${chosen === 1 ? four : four.toUpperCase()}`).join('');
  };
  const string = (text: string): string => `"${Array.from(text, character).join('')}"`;
  const number = (given: number): string => {
    const text = JSON.stringify(given);
    return /^-?\d+$/.test(text) ? `${text}${['', '.0', 'e0', 'E+0', '.00e-0'][choice()] ?? ''}` : text;
  };
  const write = (part: unknown): string => {
    if (typeof part === 'string') return string(part);
    if (typeof part === 'number') return number(part);
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    if (Array.isArray(part)) {
      return `[${space()}${part.map((each) => `${write(each)}${space()}`).join(`,${space()}`)}]`;
    }
    const members = Object.entries(part).map(
      ([name, each]) => `${string(name)}${space()}:${space()}${write(each)}${space()}`,
    );
    return `{${space()}${members.join(`,${space()}`)}}`;
  };
  return write(value);
};

/** Any value of JSON; its names and texts hold any characters. */
export const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyText(),
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      10,
      '"',
      '\\',
      '/',
      ':',
      '{"a":[',
      ']}',
      '\u0000\u001f',
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyText({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
  ),
}));

/** JSON in any of its spellings. */
export const anyJsonText = fc
  .tuple(anyJson, spellingChoices)
  .map(([value, choices]) => spelled(value, choices));

/** Replaces a byte of `text` in UTF-8, adds one, or removes up to three. */
export const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      text.map((each) => Buffer.from(each)),
      fc.nat(),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom(
        ...[...'"\\,:{}[]0-.e \n/u', ''].map((each) => Buffer.from(each)),
        Buffer.of(0),
        Buffer.of(0xff),
      ),
    )
    .map(([bytes, place, removed, added]) => {
      const at = place % (bytes.length + 1);
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]));
    });
