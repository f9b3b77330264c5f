import { describe, expect, it } from '@jest/globals';
import { MemberOrder } from '../../../../src/domain/dynamodb/json/plain-writer.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Adds the members of an object that is all of `text`, each of which is a name, a colon and a digit. */
const addAll = (order: MemberOrder, text: string): void => {
  for (const { index, 0: member } of text.matchAll(/"[^"]*":\d,/g)) {
    order.add(index, index, index + member.length);
  }
};

describe('MemberOrder', () => {
  it('overwrites at most the length of an object after its end', () => {
    const order = new MemberOrder();
    for (const [unsorted, sorted] of [
      ['"c":1,"b":2,"a":3,', '"a":3,"b":2,"c":1,'],
      ['"b":4,"a":5,', '"a":5,"b":4,'],
      ['"x":6,', '"x":6,'],
    ] as const) {
      const written = bytes(`${unsorted}${' '.repeat(unsorted.length)}What follows stays.`);
      order.begin(bytes(unsorted));
      const outer = order.open();
      addAll(order, unsorted);
      order.close(outer, written, 0, unsorted.length);
      const text = new TextDecoder().decode(written);

      expect([text.slice(0, unsorted.length), text.slice(2 * unsorted.length)]).toEqual([
        sorted,
        'What follows stays.',
      ]);
    }
  });

  it.each(['"a":1,"a":2,', '"a":1,"b":2,"a":3,', '"b":1,"c":2,"a":3,"b":4,'])(
    'has no place for a second member of one name: %s',
    (text) => {
      const order = new MemberOrder();
      order.begin(bytes(text));
      order.open();

      expect(() => addAll(order, text)).toThrow(SyntaxError);
    },
  );
});
