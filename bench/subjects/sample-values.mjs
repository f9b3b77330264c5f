/*
 * The values of the bench. A name or id ends with the number of bytes of its value and a number: `/bench/350/7`.
 */

/** Bytes of each value: as many as an item of the suite `hit` has. */
export const VALUE_BYTES = 350;

/** The length of the session token that Lambda gives to a function, about. */
const TOKEN_BYTES = 1000;

/** A session token. */
export const TOKEN = 'IQoJb3JpZ2luX2VjE0'.padEnd(TOKEN_BYTES, 'aGVsbG8gd29ybGQ');

/** The header that carries the token. */
export const TOKEN_HEADER = 'X-Aws-Parameters-Secrets-Token';

/** The id of a secret. With a slash before it, the name of a parameter. */
const nameOf = (number) => `bench/${VALUE_BYTES}/${number}`;

/** The sections of `cache.yaml` with the first `count` values, which are fresh for a day. */
export const valuesYaml = (count) =>
  [
    'parameters:',
    '  - path: /bench',
    '    ttl: 24h',
    'secrets:',
    '  - ids:',
    ...Array.from({ length: count }, (_, number) => `      - ${nameOf(number)}`),
    '    ttl: 24h',
    '',
  ].join('\n');

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789 '.repeat(32);

/** The value of a name or id. */
const valueNamed = (name) => {
  const [bytes, number] = name.split('/').slice(-2).map(Number);
  return LETTERS.slice(number % 37, (number % 37) + bytes);
};

/** What AWS answers to the operations that read one value, by target. */
export const VALUE_OPERATIONS = {
  'AmazonSSM.GetParameter': ({ Name }) => ({
    Parameter: {
      ARN: `arn:aws:ssm:eu-west-1:123456789012:parameter${Name}`,
      DataType: 'text',
      LastModifiedDate: 1_668_586_960.362,
      Name,
      Type: 'SecureString',
      Value: valueNamed(Name),
      Version: 1,
    },
  }),
  'secretsmanager.GetSecretValue': ({ SecretId }) => ({
    ARN: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${SecretId}-AbCdEf`,
    CreatedDate: 1_668_586_960.362,
    Name: SecretId,
    SecretString: valueNamed(SecretId),
    VersionId: '00000000-0000-4000-8000-000000000000',
    VersionStages: ['AWSCURRENT'],
  }),
};

/** The routes that answer values: the port they are on, and the target of each value. */
export const VALUE_ROUTES = [
  {
    title: 'parameter, /parameters',
    isCompatible: false,
    targetOf: (number) => `/parameters?name=/${nameOf(number)}`,
  },
  {
    title: 'parameter, /systemsmanager/parameters/get',
    isCompatible: true,
    targetOf: (number) => `/systemsmanager/parameters/get?name=%2F${nameOf(number)}&withDecryption=true`,
  },
  {
    title: 'secret, /secretsmanager/get',
    isCompatible: true,
    targetOf: (number) => `/secretsmanager/get?secretId=${nameOf(number)}`,
  },
];
