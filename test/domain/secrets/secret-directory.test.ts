import { describe, expect, it } from '@jest/globals';
import { ValueNotListedError } from '../../../src/domain/named-values/names.ts';
import { pendingGroup, SecretDirectory } from '../../../src/domain/secrets/secret-directory.ts';

const directory = new SecretDirectory([{ group: 'prod', ids: ['prod/db'] }], 'others');

describe('SecretDirectory', () => {
  it.each([
    ['prod/db', undefined, 'prod'],
    ['prod/db', 'AWSPREVIOUS', 'prod'],
    ['prod/db', 'AWSPENDING', pendingGroup('prod')],
    ['test/db', 'AWSPENDING', pendingGroup('others')],
    ['test/db', undefined, 'others'],
  ])('puts %s of the stage %s into the group %s', (id, stage, group) => {
    expect(directory.keyOf({ id, ...(stage === undefined ? {} : { stage }) }).group).toBe(group);
  });

  it('rejects a pending version as any other that is not listed', () => {
    const strict = new SecretDirectory([{ group: 'prod', ids: ['prod/db'] }]);

    expect(() => strict.keyOf({ id: 'test/db', stage: 'AWSPENDING' })).toThrow(
      new ValueNotListedError('secret'),
    );
  });
});
