import { describe, expect, it } from '@jest/globals';
import { Groups } from '../../src/application/groups.ts';
import { groupOf, PLAIN, TYPED } from '../support/application/create-application.ts';

describe('Groups', () => {
  it('finds a group by its name', () => {
    const products = groupOf('Products');

    expect(new Groups([products, groupOf('Orders')]).get('Products')).toBe(products);
  });

  it('treats an unknown group as a defect', () => {
    expect(() => new Groups([]).get('Products')).toThrow(
      new RangeError('no such group: addresses are made from the same configuration'),
    );
  });

  it('has no content types for an unknown group', () => {
    expect(new Groups([]).contentTypesOf('Products')).toEqual([]);
  });

  it('keeps a further content type from the first request for it, in that group only', () => {
    const groups = new Groups([groupOf('Products'), groupOf('Orders')]);
    expect(groups.contentTypesOf('Products')).toEqual([PLAIN]);

    groups.keepContentType('Products', TYPED);
    groups.keepContentType('Products', TYPED);
    expect(groups.contentTypesOf('Products')).toEqual([PLAIN, TYPED]);
    expect(groups.contentTypesOf('Orders')).toEqual([PLAIN]);
  });
});
