import { describe, expect, it } from '@jest/globals';
import type { Body } from '../../../src/domain/cache/cache-entry.ts';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import { AWS_JSON, PARAMETERS_AND_SECRETS, VALUE } from '../../../src/domain/named-values/value-bodies.ts';
import { listedParameterBodies, parameterBodies } from '../../../src/domain/parameters/parameter-calls.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (body: Body | undefined): string => new TextDecoder().decode(body?.bytes);
const responseOf = (parameter: unknown): Uint8Array => bytesOf(JSON.stringify({ Parameter: parameter }));

const parameter = { Name: '/a', Type: 'String', Value: 'é <b>', Version: 2, LastModifiedDate: 1.5e9 };
const referring = (secretBinary: unknown) => ({
  Name: '/aws/reference/secretsmanager/db',
  SourceResult: JSON.stringify({ name: 'db', secretBinary }),
});

describe('parameterBodies', () => {
  it('returns the value, the unchanged response and the JSON of the extension, in the requested order', () => {
    const response = bytesOf(`{ "Parameter": ${JSON.stringify(parameter)}, "Extra": 1 }`);
    const bodies = parameterBodies(response, [VALUE, AWS_JSON, PARAMETERS_AND_SECRETS]);

    expect(bodies.map(({ contentType }) => contentType)).toEqual([VALUE, AWS_JSON, PARAMETERS_AND_SECRETS]);
    expect(textOf(bodies[0])).toBe('é <b>');
    expect(bodies[1]?.bytes).toBe(response);
    expect(textOf(bodies[2])).toBe(
      '{"Parameter":{"ARN":null,"DataType":null,"LastModifiedDate":"2017-07-14T02:40:00Z","Name":"/a","Selector":null,' +
        '"SourceResult":null,"Type":"String","Value":"é \\u003cb\\u003e","Version":2},"ResultMetadata":{}}',
    );
    expect(bodies[0]).not.toHaveProperty('mediaType');
  });

  it('writes all members of a parameter into the JSON of the extension', () => {
    const whole = {
      ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/a',
      DataType: 'text',
      LastModifiedDate: 1.5e9,
      Name: '/a',
      Selector: ':2',
      SourceResult: '{}',
      Type: 'StringList',
      Value: 'a,b',
      Version: 2,
    };
    const [body] = parameterBodies(responseOf(whole), [PARAMETERS_AND_SECRETS]);

    expect(JSON.parse(textOf(body)).Parameter).toEqual({
      ...whole,
      LastModifiedDate: '2017-07-14T02:40:00Z',
    });
  });

  it('writes null for an absent date', () => {
    const [body] = parameterBodies(responseOf({ Name: '/a', Value: '' }), [PARAMETERS_AND_SECRETS]);

    expect(JSON.parse(textOf(body)).Parameter.LastModifiedDate).toBeNull();
  });

  it('writes the zero values of Go for an absent type and version', () => {
    const [body] = parameterBodies(responseOf({ Name: '/a', Value: '' }), [PARAMETERS_AND_SECRETS]);

    expect(JSON.parse(textOf(body)).Parameter).toMatchObject({ Type: '', Version: 0, Value: '' });
  });

  it.each([
    ['all bytes', { hb: [1, -1, 255, -128], offset: 0, position: 0, limit: 4 }, [1, 255, 255, 128]],
    ['no bytes up to the limit', { hb: [1, 2], position: 1, limit: 1 }, []],
    ['the bytes up to the limit', { hb: [1, 2, 3, 4], offset: 1, position: 1, limit: 2 }, [3]],
    ['all bytes without a position', { hb: [1, 2] }, [1, 2]],
  ])('returns %s of a binary secret that the parameter refers to', (_, buffer, expected) => {
    expect(parameterBodies(responseOf(referring(buffer)), [VALUE])).toEqual([
      { contentType: VALUE, mediaType: 'application/octet-stream', bytes: Uint8Array.from(expected) },
    ]);
  });

  it.each([
    ['no buffer', undefined],
    ['no bytes', {}],
    ['a number that is not a byte', { hb: [256] }],
    ['a number below a byte', { hb: [-129] }],
    ['a text', { hb: ['1'] }],
    ['a limit after the end', { hb: [1], limit: 2 }],
    ['an offset that moves the limit after the end', { hb: [1], offset: 1, limit: 1 }],
    ['a position after the limit', { hb: [1, 2], position: 2, limit: 1 }],
    ['a negative position', { hb: [1, 2], position: -1, limit: 1 }],
    ['a negative offset', { hb: [1, 2], offset: -1, limit: 1 }],
  ])('rejects a reference with %s, if the value is requested', (_, buffer) => {
    const response = responseOf(referring(buffer));

    expect(() => parameterBodies(response, [VALUE])).toThrow(UnreadableValueError);
    expect(parameterBodies(response, [AWS_JSON])).toHaveLength(1);
  });

  it.each([
    ['an answer without a parameter', {}],
    ['a parameter that is a list', { Parameter: [] }],
    ['a parameter without a name', { Parameter: { Value: 'v' } }],
    ['a parameter without a value', { Parameter: { Name: 'n' } }],
    ['a value that is not a text', { Parameter: { Name: 'n', Value: 1 } }],
    ['a date that is a text', { Parameter: { ...parameter, LastModifiedDate: '2022' } }],
    ['a version with a fraction', { Parameter: { ...parameter, Version: 1.5 } }],
    ['a selector that is a number', { Parameter: { ...parameter, Selector: 1 } }],
  ])('rejects %s', (_, response) => {
    expect(() => parameterBodies(bytesOf(JSON.stringify(response)), [AWS_JSON])).toThrow(
      UnreadableValueError,
    );
  });

  it('rejects another content type', () => {
    expect(() => parameterBodies(responseOf(parameter), ['text/html'])).toThrow(
      new RangeError('a value cannot be encoded with the content type text/html'),
    );
  });
});

describe('listedParameterBodies', () => {
  it('returns the bodies of a single read', () => {
    const types = [VALUE, AWS_JSON, PARAMETERS_AND_SECRETS];

    expect(listedParameterBodies(parameter, types)).toEqual(parameterBodies(responseOf(parameter), types));
  });
});

describe('the answer to a request for a parameter', () => {
  const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter/a';
  const read = (requested: string, Selector?: string) => () =>
    parameterBodies(responseOf({ Name: '/a', ARN, Selector, Value: 'v' }), [VALUE], requested);

  it.each([
    ['/a', undefined],
    [ARN, undefined],
    ['/a:3', ':3'],
    [`${ARN}:Dev`, ':Dev'],
  ])('is accepted for %s', (requested, selector) => {
    expect(read(requested, selector)()).toHaveLength(1);
  });

  it('is not accepted for the name null if the parameter has no ARN', () => {
    const response = responseOf({ Name: '/a', Value: 'v' });

    expect(() => parameterBodies(response, [VALUE], 'null')).toThrow(UnreadableValueError);
    expect(parameterBodies(response, [VALUE], '/a')).toHaveLength(1);
  });

  it.each([
    ['/b', undefined],
    ['/a:1', ':9'],
    ['/a:1', undefined],
    ['/a', ':9'],
  ])('is not accepted for %s if its selector is %s', (requested, selector) => {
    expect(read(requested, selector)).toThrow(UnreadableValueError);
  });
});
