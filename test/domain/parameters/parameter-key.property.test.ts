import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedValueNameError } from '../../../src/domain/named-values/names.ts';
import {
  parameterKey,
  parameterName,
  parseParameterKey,
  selectedName,
  unselectedName,
} from '../../../src/domain/parameters/parameter-key.ts';

const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/host';
const name = fc.string({ unit: fc.constantFrom('/', 'a', 'd', 'e', '.', '-', ':', '1'), minLength: 1 });
const reference = fc.record({ name, withDecryption: fc.boolean() });

describe('the key of a parameter', () => {
  it('contains the reference', () => {
    fc.assert(
      fc.property(reference, (input) => {
        expect(parseParameterKey(parameterKey('group', input))).toEqual(input);
      }),
    );
  });

  it('differs for different references', () => {
    fc.assert(
      fc.property(reference, reference, (a, b) => {
        const isSame = a.name === b.name && a.withDecryption === b.withDecryption;

        expect(parameterKey('group', a).text === parameterKey('group', b).text).toBe(isSame);
      }),
    );
  });
});

describe('parameterName', () => {
  it.each([
    [' /app/host ', '/app/host'],
    ['app', 'app'],
    ['/app:3', '/app:3'],
    [`${ARN}:Dev`, `${ARN}:Dev`],
    ['/aws/service/ami-amazon-linux-latest/x', '/aws/service/ami-amazon-linux-latest/x'],
    ['/aws/reference/secretsmanager/db', '/aws/reference/secretsmanager/db'],
  ])('accepts %j', (text, expected) => {
    expect(parameterName(text)).toBe(expected);
  });

  const COLON = 'name begins or ends with a colon: the form is name:version or name:label';

  it.each([
    ['', 'name is empty'],
    [' ', 'name is empty'],
    ['a b', 'name contains white space or a control character'],
    ['/app:', COLON],
    [' /app: ', COLON],
    [`${ARN}:`, COLON],
    [':', COLON],
    [':1', COLON],
  ])('rejects %j: %s', (text, message) => {
    expect(() => parameterName(text)).toThrow(new MalformedValueNameError(message));
  });
});

describe('selectedName and unselectedName', () => {
  it.each([
    ['app', '1', 'app:1'],
    [' /app ', ' Dev ', '/app:Dev'],
    [ARN, '01', `${ARN}:01`],
  ])('add %2$j to %1$j, and remove it', (text, selector, selected) => {
    expect(selectedName(text, selector)).toBe(selected);
    expect(unselectedName(selected)).toBe(text.trim());
    expect(unselectedName(text)).toBe(text);
  });

  it.each([
    ['app:1', '2', 'name already contains a version or label'],
    [`${ARN}:1`, '2', 'name already contains a version or label'],
    ['app', '', 'version or label is empty'],
    ['app', 'a b', 'version or label contains white space or a control character'],
    ['', '1', 'name is empty'],
  ])('reject %j with %j: %s', (text, selector, message) => {
    expect(() => selectedName(text, selector)).toThrow(new MalformedValueNameError(message));
  });

  it('remove all that follows the first colon after a name, or after the resource of an ARN', () => {
    expect(unselectedName('app:1:2')).toBe('app');
    expect(unselectedName(`${ARN}:1:2`)).toBe(ARN);
    expect(unselectedName('arn:aws:ssm')).toBe('arn');
    expect(unselectedName(`/${ARN}`)).toBe('/arn');
  });
});
