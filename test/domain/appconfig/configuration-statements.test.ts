import { describe, expect, it } from '@jest/globals';
import { configurationStatements, hasIds } from '../../../src/domain/appconfig/configuration-statements.ts';

const ids = { application: 'abc1234', environment: '1234567', profile: 'zyxwvu9' };
const scope = { region: 'eu-west-1', account: '111122223333' };
const ANY = 'application/*/environment/*/configuration/*';

describe('the permissions for configurations', () => {
  it('are those of the two operations, for the ids of each configuration', () => {
    const resources = [
      'arn:aws:appconfig:eu-west-1:111122223333:application/abc1234/environment/1234567/configuration/zyxwvu9',
      'arn:aws:appconfig:us-east-1:111122223333:application/abc1234/environment/1234567/configuration/zyxwvu9',
    ];

    expect(configurationStatements([{ ...ids, region: 'us-east-1' }, ids], scope)).toEqual(
      ['StartConfigurationSession', 'GetLatestConfiguration'].map((operation) => ({
        Sid: operation,
        Effect: 'Allow',
        Action: [`appconfig:${operation}`],
        Resource: resources,
      })),
    );
  });

  it('are for all configurations if one is given by name', () => {
    const [statement] = configurationStatements([{ ...ids, profile: 'flags' }], scope);

    expect(statement?.Resource).toEqual([`arn:aws:appconfig:eu-west-1:111122223333:${ANY}`]);
  });

  it('are not needed without configurations', () => {
    expect(configurationStatements([], scope)).toEqual([]);
  });
});

describe('hasIds', () => {
  it('needs ids in all three places', () => {
    expect(hasIds(ids)).toBe(true);
    for (const part of ['application', 'environment', 'profile']) {
      expect(hasIds({ ...ids, [part]: 'flags' })).toBe(false);
    }
  });

  it.each([
    ['abcdef1', true],
    ['1abcdef', true],
    ['1234567', true],
    ['letters', false],
    ['abc123', false],
    ['abc12345', false],
    ['Abc1234', false],
    ['abc-123', false],
  ])('takes %s for an id: %p', (application, expected) => {
    expect(hasIds({ ...ids, application })).toBe(expected);
  });
});
