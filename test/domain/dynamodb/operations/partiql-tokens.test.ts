import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokensOf } from '../../../../src/domain/dynamodb/operations/statement.ts';

const values = (statement: string) => tokensOf(statement)?.map(({ kind, value }) => [kind, value]);

describe('the pieces of a PartiQL statement', () => {
  it('are names, texts, words, numbers and signs', () => {
    expect(values(`UPDATE "a b" SET x='y',z=-1.5 WHERE id=?`)).toEqual([
      ['word', 'UPDATE'],
      ['name', 'a b'],
      ['word', 'SET'],
      ['word', 'X'],
      ['symbol', '='],
      ['text', 'y'],
      ['symbol', ','],
      ['word', 'Z'],
      ['symbol', '='],
      ['number', '-1.5'],
      ['word', 'WHERE'],
      ['word', 'ID'],
      ['symbol', '='],
      ['symbol', '?'],
    ]);
  });

  it('are the same, whatever space stands around them', () => {
    expect(values(' \n\tDELETE\r\n FROM \t t  ')).toEqual(values('DELETE FROM t'));
  });

  it('are empty for an empty statement', () => {
    expect(tokensOf('')).toEqual([]);
    expect(tokensOf(' \n')).toEqual([]);
  });

  it('contain the text between quotes, with doubled quotes as one', () => {
    expect(values(`"say ""it""" 'it''s ''so'''`)).toEqual([
      ['name', 'say "it"'],
      ['text', "it's 'so'"],
    ]);
    expect(values(`"it's" 'a "b"'`)).toEqual([
      ['name', "it's"],
      ['text', 'a "b"'],
    ]);
    expect(values(`"" ''`)).toEqual([
      ['name', ''],
      ['text', ''],
    ]);
  });

  it('are words in upper case that keep the original spelling', () => {
    expect(tokensOf('from _a.b-c9')).toEqual([
      { kind: 'word', value: 'FROM', written: 'from' },
      { kind: 'word', value: '_A.B-C9', written: '_a.b-c9' },
    ]);
  });

  it.each(['0', '12', '-12', '1.', '1.25', '.5', '-.55', '1e5', '1E-12', '-1.5e+30'])(
    'are numbers as they are written: %s',
    (number) => {
      expect(tokensOf(number)).toEqual([{ kind: 'number', value: number }]);
      expect(values(`(${number})`)).toEqual([
        ['symbol', '('],
        ['number', number],
        ['symbol', ')'],
      ]);
    },
  );

  it.each([...',?:;=<>!()[]{}+*/|@.-'])('are symbols of one character: %s', (sign) => {
    expect(tokensOf(`a ${sign} b`)?.[1]).toEqual({ kind: 'symbol', value: sign });
  });

  it.each([
    ['a comment to the end of the line', 'DELETE FROM t -- WHERE'],
    ['a comment between marks', 'DELETE /* all */ FROM t'],
    ['a mark of a comment in a text', `x = '--'`],
    ['a name without its end', 'UPDATE "t SET x = 1'],
    ['a text without its end', `SET x = 'y`],
    ['a number that goes on as a word', 'x = 1a'],
    ['a number of many digits that goes on as a word', 'x = 12.34e5_'],
    ['a number that runs into a text', `x = 1'a'`],
    ['a number that runs into a name', 'x = 1"a"'],
    ['an exponent without digits', 'x = 1e'],
    ['text of another kind', 'x = `1`'],
    ['a letter that no word begins with', 'ä = 1'],
  ])('are undefined for a statement with %s', (_, statement) => {
    expect(tokensOf(statement)).toBeUndefined();
  });

  it('give back any text that was quoted', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('--') && !text.includes('/*'));

        expect(values(`'${text.replaceAll("'", "''")}'`)).toEqual([['text', text]]);
        expect(values(`"${text.replaceAll('"', '""')}"`)).toEqual([['name', text]]);
      }),
    );
  });
});
