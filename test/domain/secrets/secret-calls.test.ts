import { describe, expect, it } from '@jest/globals';
import type { Body } from '../../../src/domain/cache/cache-entry.ts';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import { AWS_JSON, PARAMETERS_AND_SECRETS, VALUE } from '../../../src/domain/named-values/value-bodies.ts';
import { listedSecretBodies, secretBodies } from '../../../src/domain/secrets/secret-calls.ts';
import type { SecretReference } from '../../../src/domain/secrets/secret-key.ts';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const textOf = (body: Body | undefined): string => new TextDecoder().decode(body?.bytes);

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf';
const secret = {
  ARN,
  Name: 'db',
  SecretString: '{"a":"é&"}',
  CreatedDate: 1.5e9,
  VersionId: 'v',
  VersionStages: ['b', 'a'],
};

describe('secretBodies', () => {
  it('returns the value, the unchanged response and the JSON of the extension, in the requested order', () => {
    const response = bytesOf(secret);
    const bodies = secretBodies(response, [PARAMETERS_AND_SECRETS, VALUE, AWS_JSON]);

    expect(bodies.map(({ contentType }) => contentType)).toEqual([PARAMETERS_AND_SECRETS, VALUE, AWS_JSON]);
    expect(textOf(bodies[0])).toBe(
      `{"ARN":"${ARN}","CreatedDate":"2017-07-14T02:40:00Z","Name":"db","SecretBinary":null,` +
        '"SecretString":"{\\"a\\":\\"é\\u0026\\"}","VersionId":"v","VersionStages":["b","a"],"ResultMetadata":{}}',
    );
    expect(bodies[1]).toEqual({ contentType: VALUE, bytes: new TextEncoder().encode('{"a":"é&"}') });
    expect(bodies[2]?.bytes).toBe(response);
  });

  it('returns the bytes of a binary secret', () => {
    expect(secretBodies(bytesOf({ ARN, Name: 'db', SecretBinary: 'AP8=' }), [VALUE])).toEqual([
      { contentType: VALUE, mediaType: 'application/octet-stream', bytes: Uint8Array.of(0, 255) },
    ]);
  });

  it('writes null for what an answer lacks', () => {
    const [body] = secretBodies(bytesOf({ ARN, Name: 'db', SecretString: '' }), [PARAMETERS_AND_SECRETS]);

    expect(JSON.parse(textOf(body))).toEqual({
      ARN,
      CreatedDate: null,
      Name: 'db',
      SecretBinary: null,
      SecretString: '',
      VersionId: null,
      VersionStages: null,
      ResultMetadata: {},
    });
  });

  it.each([
    ['no ARN', { ...secret, ARN: null }],
    ['no name', { ...secret, Name: undefined }],
    ['no value', { ...secret, SecretString: null }],
    ['a value that is not a text', { ...secret, SecretString: {} }],
    ['a date that is a text', { ...secret, CreatedDate: '1.5E9' }],
    ['stages that are not texts', { ...secret, VersionStages: [1] }],
    ['binary that is not base64', { ARN, Name: 'db', SecretBinary: '*' }],
  ])('rejects %s', (_, response) => {
    expect(() => secretBodies(bytesOf(response), [VALUE])).toThrow(UnreadableValueError);
  });

  it('rejects another content type', () => {
    expect(() => secretBodies(bytesOf(secret), ['text/html'])).toThrow(
      new RangeError('a value cannot be encoded with the content type text/html'),
    );
  });
});

describe('listedSecretBodies', () => {
  it('returns the bodies of a single read', () => {
    const types = [VALUE, AWS_JSON, PARAMETERS_AND_SECRETS];

    expect(listedSecretBodies(secret, types)).toEqual(secretBodies(bytesOf(secret), types));
  });
});

describe('the answer to a request for a secret', () => {
  const secret = {
    ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf',
    Name: 'db',
    SecretString: 's',
    VersionId: 'v1',
    VersionStages: ['AWSCURRENT', 'blue'],
  };
  const read =
    (requested: SecretReference, change: object = {}) =>
    () =>
      secretBodies(bytesOf({ ...secret, ...change }), [VALUE], requested);

  it.each([
    [{ id: 'db' }],
    [{ id: secret.ARN }],
    [{ id: secret.ARN.slice(0, -7) }],
    [{ id: 'db', stage: 'blue' }],
    [{ id: 'db', versionId: 'v1' }],
  ])('is accepted for %j', (requested) => {
    expect(read(requested)()).toHaveLength(1);
  });

  it.each([
    [{ id: 'other' }],
    [{ id: `${secret.ARN}x` }],
    [{ id: 'db', stage: 'AWSPREVIOUS' }],
    [{ id: 'db', versionId: 'v2' }],
  ])('is not accepted for %j', (requested) => {
    expect(read(requested)).toThrow(UnreadableValueError);
  });

  it('needs the current stage, unless the request names a version or another stage', () => {
    const change = { VersionStages: ['blue'] };

    expect(read({ id: 'db' }, change)).toThrow(UnreadableValueError);
    expect(read({ id: 'db', stage: 'blue' }, change)()).toHaveLength(1);
    expect(read({ id: 'db', versionId: 'v1' }, change)()).toHaveLength(1);
    expect(read({ id: 'db', versionId: 'v1', stage: 'AWSCURRENT' }, change)).toThrow(UnreadableValueError);
  });

  it('is accepted without stages', () => {
    expect(read({ id: 'db' }, { VersionStages: null })()).toHaveLength(1);
  });
});
