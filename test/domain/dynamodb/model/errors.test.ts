import { describe, expect, it } from '@jest/globals';
import {
  AmbiguousNameError,
  MalformedNameError,
  TableNotConfiguredError,
} from '../../../../src/domain/dynamodb/model/errors.ts';

describe('the errors of a name', () => {
  it('a malformed name error carries its message', () => {
    expect(new MalformedNameError('a key value is empty')).toMatchObject({
      name: 'MalformedNameError',
      code: 'malformed_name',
      category: 'invalid_request',
      message: 'a key value is empty',
    });
  });

  it('an ambiguous one names the other way', () => {
    expect(new AmbiguousNameError()).toMatchObject({
      name: 'AmbiguousNameError',
      code: 'ambiguous_name',
      category: 'invalid_request',
      message:
        'the name can be split into hash and sort value in more than one way: use the parameters table, hashKey and sortKey instead of name',
    });
  });

  it('an unknown table error lists the configured tables', () => {
    expect(new TableNotConfiguredError(['Users', 'Products'])).toMatchObject({
      name: 'TableNotConfiguredError',
      code: 'table_not_configured',
      category: 'forbidden',
      message: 'the table is not configured; configured tables: Users, Products',
    });
    expect(new TableNotConfiguredError([]).message).toBe(
      'the table is not configured; configured tables: none',
    );
  });
});
