import { describe, expect, it } from '@jest/globals';
import { RefusedGroups } from '../../../src/application/source-access/source-caller.ts';
import { GroupRefusedError } from '../../../src/domain/cache/errors.ts';
import { refused, unavailable } from '../../support/application/create-application.ts';

describe('RefusedGroups', () => {
  it('throws the refusal of a group, and admits other groups', () => {
    const groups = new RefusedGroups();
    const refusal = new GroupRefusedError('the keys are others');
    groups.record('Products', refusal);

    expect(() => groups.check('Products')).toThrow(refusal);
    expect(() => groups.check('Users')).not.toThrow();
  });

  it.each([refused(), unavailable(), new Error('a defect'), 'no error', undefined])(
    'refuses no group after %s',
    (error) => {
      const groups = new RefusedGroups();
      groups.record('Products', error);

      expect(() => groups.check('Products')).not.toThrow();
    },
  );

  it('throws the latest refusal', () => {
    const groups = new RefusedGroups();
    groups.record('Products', new GroupRefusedError('check the keys'));
    groups.record('Products', new GroupRefusedError('the keys are others'));

    expect(() => groups.check('Products')).toThrow('the keys are others');
  });
});
