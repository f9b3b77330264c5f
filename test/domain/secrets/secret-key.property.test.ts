import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedValueNameError, ValueNotListedError } from '../../../src/domain/named-values/names.ts';
import { SecretDirectory } from '../../../src/domain/secrets/secret-directory.ts';
import { parseSecretKey, secretKey, secretReference } from '../../../src/domain/secrets/secret-key.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf';
const part = fc.string({ unit: fc.constantFrom('a', '/', ':', '"', ',', '-'), minLength: 1, maxLength: 4 });
const reference = fc
  .tuple(part, fc.option(part, { nil: undefined }), fc.option(part, { nil: undefined }))
  .map((parts) => secretReference(...parts));

describe('the key of a secret', () => {
  it('contains the reference', () => {
    fc.assert(
      fc.property(reference, (input) => {
        expect(parseSecretKey(secretKey('group', input))).toEqual(input);
      }),
    );
  });

  it('differs for different references', () => {
    fc.assert(
      fc.property(reference, reference, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);

        expect(secretKey('group', a).text === secretKey('group', b).text).toBe(isSame);
      }),
    );
  });
});

describe('secretReference', () => {
  it('removes white space around its parts', () => {
    expect(secretReference(' db ', ' v ', ' s ')).toEqual({ id: 'db', versionId: 'v', stage: 's' });
  });

  it.each([
    ['', undefined, undefined],
    ['a b', undefined, undefined],
    ['a\0b', undefined, undefined],
    ['db', '', undefined],
    ['db', undefined, ' '],
    ['db', undefined, 'a\0'],
  ])('rejects %j, %j, %j', (id, versionId, stage) => {
    expect(() => secretReference(id, versionId, stage)).toThrow(MalformedValueNameError);
  });
});

describe('SecretDirectory', () => {
  const groups = [
    { group: 'prod', ids: ['prod/db', ARN] },
    { group: 'test', ids: [' test/db '] },
  ];
  const directory = new SecretDirectory(groups, 'onDemand');

  it.each([
    [{ id: 'prod/db' }, 'prod'],
    [{ id: ' prod/db ', stage: 'AWSPREVIOUS' }, 'prod'],
    [{ id: ARN, versionId: 'v' }, 'prod'],
    [{ id: 'test/db' }, 'test'],
    [{ id: ARN.slice(0, -7) }, 'onDemand'],
    [{ id: 'prod' }, 'onDemand'],
  ])('puts %j into the group %s', (input, group) => {
    expect(directory.keyOf(input)).toEqual(secretKey(group, { ...input, id: input.id.trim() }));
  });

  it('rejects a secret that no group lists, without a group on demand', () => {
    const strict = new SecretDirectory(groups);

    expect(strict.keyOf({ id: 'prod/db' }).group).toBe('prod');
    expect(() => strict.keyOf({ id: 'prod' })).toThrow(new ValueNotListedError('secret'));
  });

  it('rejects malformed ids', () => {
    expect(() => directory.keyOf({ id: '' })).toThrow(MalformedValueNameError);
    expect(() => directory.keyOf({ id: '' })).toThrow(/\bid\b.*\bsecretId\b.* is empty$/);
    expect(() => directory.keyOf({ id: 'db', stage: 'a b' })).toThrow(
      new MalformedValueNameError('stage contains white space or a control character'),
    );
    expect(() => directory.keyOf({ id: 'db', versionId: '' })).toThrow(
      new MalformedValueNameError('versionId is empty'),
    );
    expect(() => new SecretDirectory([{ group: 'g', ids: ['a b'] }])).toThrow(MalformedValueNameError);
  });
});
