import { describe, expect, it } from '@jest/globals';
import { InFlightCalls } from '../../../src/application/source-access/source-caller.ts';

/** The places of the calls that are given up, in the order of it. */
const three = () => {
  const abandoned: number[] = [];
  const calls = new InFlightCalls();
  const add = (order: number, group = 'Products') => {
    const call = { group, order, abandon: () => void abandoned.push(order) };
    calls.add(call);
    return call;
  };
  return { calls, abandoned, added: [add(1), add(2), add(3)], add };
};

describe('InFlightCalls', () => {
  it('abandons calls that began before a given order, and no others', () => {
    const { calls, abandoned } = three();
    calls.abandonOlder('Products', 2);

    expect(abandoned).toEqual([1]);
  });

  it('leaves calls for other groups running', () => {
    const { calls, abandoned, add } = three();
    add(0, 'Orders');
    calls.abandonOlder('Orders', 10);

    expect(abandoned).toEqual([0]);
  });

  it('abandons no call that has ended', () => {
    const { calls, abandoned, added } = three();
    for (const call of added.slice(0, 2)) calls.remove(call);
    calls.abandonOlder('Products', 10);

    expect(abandoned).toEqual([3]);
  });

  it('abandons each call once, although a call removes itself meanwhile', () => {
    const abandoned: number[] = [];
    const calls = new InFlightCalls();
    for (const order of [1, 2, 3]) {
      const call = {
        group: 'Products',
        order,
        abandon: () => {
          calls.remove(call);
          abandoned.push(order);
        },
      };
      calls.add(call);
    }
    calls.abandonOlder('Products', 3);
    calls.abandonOlder('Products', 3);

    expect(abandoned).toEqual([1, 2]);
  });
});
