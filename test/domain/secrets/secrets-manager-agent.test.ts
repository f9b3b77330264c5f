import { describe, expect, it } from '@jest/globals';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import { secretsManagerAgentJson } from '../../../src/domain/secrets/secrets-manager-agent.ts';

const encoded = (response: string): string =>
  new TextDecoder().decode(secretsManagerAgentJson(new TextEncoder().encode(response)));

describe("the JSON of AWS's Secrets Manager Agent", () => {
  it('has the documented members in its order, with the date as text', () => {
    const response = {
      CreatedDate: 1_523_477_145.713,
      VersionStages: ['AWSCURRENT'],
      SecretBinary: 'YQ==',
      SecretString: 'é',
      VersionId: 'v',
      Name: 'db',
      ARN: 'arn',
      Later: 1,
    };

    expect(encoded(JSON.stringify(response))).toBe(
      '{"ARN":"arn","Name":"db","VersionId":"v","SecretString":"é","SecretBinary":"YQ==",' +
        '"VersionStages":["AWSCURRENT"],"CreatedDate":"1523477145.713"}',
    );
  });

  it('leaves out absent members, and a date that is not a number', () => {
    expect(encoded('{"Name":"db","SecretString":"a"}')).toBe('{"Name":"db","SecretString":"a"}');
    expect(encoded('{"Name":"db","CreatedDate":"today"}')).toBe('{"Name":"db"}');
  });

  it.each(['', '[]', '"a"', '{'])('is not made of %j', (response) => {
    expect(() => encoded(response)).toThrow(UnreadableValueError);
  });
});
