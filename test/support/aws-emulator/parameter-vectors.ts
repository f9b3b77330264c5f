import { expect } from '@jest/globals';

/** The title of a request, its operation and input, and the status and body of the answer. */
export type AnswerVector = readonly [
  title: string,
  operation: string,
  input: object,
  status: number,
  body: object,
];

/** The time of `startAwsFixture`, in seconds. */
export const STORED_AT_SECONDS = 1_668_586_960.362;
export const PARAMETER_ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';

export const answeredParameter = (name: string, rest: object = {}) => ({
  ARN: `${PARAMETER_ARN}${name}`,
  DataType: 'text',
  LastModifiedDate: STORED_AT_SECONDS,
  Name: name,
  Type: 'String',
  Value: 'v',
  Version: 1,
  ...rest,
});
const found = (name: string, rest?: object) => ({ Parameter: answeredParameter(name, rest) });
export const versionOfTwo = (version: number) => ({ Value: version === 1 ? 'old' : 'new', Version: version });
export const validationFailure = (message: unknown) => ({ __type: 'ValidationException', message });

/** E1 to E7 of the vectors. */
export const PARAMETER_READS: readonly AnswerVector[] = [
  ['E1 a string', 'GetParameter', { Name: '/a/x' }, 200, found('/a/x')],
  [
    'E1 a list',
    'GetParameter',
    { Name: '/a/list' },
    200,
    found('/a/list', { Type: 'StringList', Value: 'red,green' }),
  ],
  ['E1 the newest version', 'GetParameter', { Name: '/a/two' }, 200, found('/a/two', versionOfTwo(2))],
  ['E1 a name with spaces around it', 'GetParameter', { Name: ' /a/x ' }, 200, found('/a/x')],
  [
    'E2 a version',
    'GetParameter',
    { Name: '/a/two:1' },
    200,
    found('/a/two', { ...versionOfTwo(1), Selector: ':1' }),
  ],
  ['E2 a version with a zero', 'GetParameter', { Name: '/a/x:01' }, 200, found('/a/x', { Selector: ':01' })],
  ['E2 a label', 'GetParameter', { Name: '/a/x:Dev' }, 200, found('/a/x', { Selector: ':Dev' })],
  [
    'E2 a label of an old version',
    'GetParameter',
    { Name: '/a/two:Old' },
    200,
    found('/a/two', { ...versionOfTwo(1), Selector: ':Old' }),
  ],
  ['E3 an unknown name', 'GetParameter', { Name: '/no' }, 400, { __type: 'ParameterNotFound' }],
  [
    'E3 an unknown name with a version',
    'GetParameter',
    { Name: '/no:1' },
    400,
    { __type: 'ParameterNotFound' },
  ],
  ...['9', 'Nope', '0'].map(
    (selector) =>
      [
        `E4 an unknown selector ${selector}`,
        'GetParameter',
        { Name: `/a/x:${selector}` },
        400,
        {
          __type: 'ParameterVersionNotFound',
          message: `Systems Manager could not find version ${selector} of /a/x. Verify the version and try again.`,
        },
      ] as const,
  ),
  ...['/a/x:', '/a/x:1:2'].map(
    (name) =>
      [
        `E4 a malformed selector in ${name}`,
        'GetParameter',
        { Name: name },
        400,
        validationFailure(
          'Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>',
        ),
      ] as const,
  ),
  ['E4 an inner space', 'GetParameter', { Name: '/a/x y' }, 400, validationFailure(expect.any(String))],
  ['E4 an unqualified path', 'GetParameter', { Name: 'a/x' }, 400, validationFailure(expect.any(String))],
  [
    'E5 a SecureString as ciphertext',
    'GetParameter',
    { Name: '/a/secure' },
    200,
    found('/a/secure', { Type: 'SecureString', Value: expect.stringMatching(/^AQICAH[\w+/]+=*$/) }),
  ],
  [
    'E5 a decrypted SecureString',
    'GetParameter',
    { Name: '/a/secure', WithDecryption: true },
    200,
    found('/a/secure', { Type: 'SecureString', Value: 'clear' }),
  ],
  ['E6 an ARN', 'GetParameter', { Name: `${PARAMETER_ARN}/a/x` }, 200, found('/a/x')],
  [
    'E6 an ARN with a selector',
    'GetParameter',
    { Name: `${PARAMETER_ARN}/a/two:1` },
    200,
    found('/a/two', { ...versionOfTwo(1), Selector: ':1' }),
  ],
  [
    'E6 an ARN of another account',
    'GetParameter',
    { Name: 'arn:aws:ssm:eu-west-1:999999999999:parameter/a/x' },
    400,
    { __type: 'ParameterNotFound' },
  ],
  ...['app', '/app'].map(
    (name) =>
      [
        `E6 the spelling ${name}`,
        'GetParameter',
        { Name: name },
        200,
        found(name, { ARN: `${PARAMETER_ARN}/app`, Value: 'root' }),
      ] as const,
  ),
  [
    'E7 a batch with duplicates, unknown names, and an ARN beside its name',
    'GetParameters',
    { Names: ['/z', '/a/x', '/a/x:9', '/a/two:1', '/a/x', '/z', `${PARAMETER_ARN}/a/x`] },
    200,
    {
      InvalidParameters: ['/a/x:9', '/z'],
      Parameters: [
        answeredParameter('/a/two', { ...versionOfTwo(1), Selector: ':1' }),
        answeredParameter('/a/x'),
        answeredParameter('/a/x'),
      ],
    },
  ],
  [
    'E7 a batch of 11',
    'GetParameters',
    { Names: Array.from({ length: 11 }, (_, index) => `/n${index}`) },
    400,
    validationFailure(
      "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
    ),
  ],
  [
    'E7 an empty batch',
    'GetParameters',
    { Names: [] },
    400,
    validationFailure(expect.stringContaining('greater than or equal to 1')),
  ],
];
