import type { AwsEmulator } from '../../../tools/aws-emulator/index.ts';
import type { TourStep } from './tour.ts';

const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

/** Stores the values that the steps below read and write. */
export const storeTourValues = ({ parameters, secrets }: AwsEmulator): void => {
  parameters.put('/app/host', { value: 'old.example', labels: ['Dev'] });
  parameters.put('/app/host', { value: 'db.example' });
  parameters.put('/app/hosts', { value: 'a,b', type: 'StringList' });
  parameters.put('/app/key', { value: 'k3y ünï☃ <&>"\\', type: 'SecureString' });
  parameters.put('/app/deep/port', { value: '5432' });
  parameters.put('/written', { value: 'old parameter' });
  secrets.put('db', { string: '{"password":"one"}', versionId: FIRST });
  secrets.put('db', { string: '{"password":"two"}', versionId: SECOND });
  secrets.put('bytes', { binary: Uint8Array.of(0, 255, 10, 13, 128) });
  secrets.put('gone', { string: 'gone' });
  secrets.markForDeletion('gone');
  secrets.put('written', { string: 'old secret' });
};

const parameter = (title: string, operation: string, input: object): TourStep => ({
  title,
  service: 'ssm',
  operation,
  input,
});
const secret = (title: string, operation: string, input: object): TourStep => ({
  title,
  service: 'secretsmanager',
  operation,
  input,
});

/** Reads that the extension answers from the cache when they are repeated. */
export const CACHED_READS: readonly TourStep[] = [
  parameter('a parameter', 'GetParameter', { Name: '/app/host' }),
  parameter('a parameter by ARN', 'GetParameter', {
    Name: 'arn:aws:ssm:eu-west-1:123456789012:parameter/app/host',
  }),
  parameter('a version', 'GetParameter', { Name: '/app/host:1' }),
  parameter('a label', 'GetParameter', { Name: '/app/host:Dev' }),
  parameter('a list', 'GetParameter', { Name: '/app/hosts', WithDecryption: true }),
  parameter('a SecureString', 'GetParameter', { Name: '/app/key', WithDecryption: true }),
  parameter('a SecureString without decryption', 'GetParameter', { Name: '/app/key' }),
  parameter('a reference to a secret', 'GetParameter', {
    Name: '/aws/reference/secretsmanager/db',
    WithDecryption: true,
  }),
  parameter('a missing parameter', 'GetParameter', { Name: '/app/none' }),
  parameter('several parameters', 'GetParameters', { Names: ['/app/hosts', '/app/none', '/app/host'] }),
  parameter('several decrypted parameters', 'GetParameters', {
    Names: ['/app/key', '/app/deep/port'],
    WithDecryption: true,
  }),
  parameter('a page of parameters', 'GetParametersByPath', { Path: '/app', MaxResults: 1 }),
  {
    ...parameter('all parameters below a path', 'GetParametersByPath', {
      Path: '/app',
      Recursive: true,
      WithDecryption: true,
    }),
    pageSize: 2,
  },
  secret('a secret', 'GetSecretValue', { SecretId: 'db' }),
  secret('a secret by partial ARN', 'GetSecretValue', {
    SecretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db',
  }),
  secret('a stage', 'GetSecretValue', { SecretId: 'db', VersionStage: 'AWSPREVIOUS' }),
  secret('a version of a secret', 'GetSecretValue', { SecretId: 'db', VersionId: FIRST }),
  secret('a binary secret', 'GetSecretValue', { SecretId: 'bytes' }),
  secret('a missing secret', 'GetSecretValue', { SecretId: 'none' }),
  secret('several secrets', 'BatchGetSecretValue', { SecretIdList: ['db', 'bytes'] }),
];

/** Requests that the extension forwards each time: other operations, and reads that fail in ways that only AWS knows. */
export const FORWARDED: readonly TourStep[] = [
  parameter('a missing version', 'GetParameter', { Name: '/app/host:9' }),
  parameter('an empty selector', 'GetParameter', { Name: '/app/host:' }),
  parameter('a name that is not qualified', 'GetParameter', { Name: 'app/host' }),
  parameter('too many parameters', 'GetParameters', {
    Names: Array.from({ length: 11 }, (_, index) => `/app/${index}`),
  }),
  parameter('a path without a slash', 'GetParametersByPath', { Path: 'app' }),
  parameter('a wrong page token', 'GetParametersByPath', { Path: '/app', NextToken: 'wrong' }),
  parameter('descriptions of parameters', 'DescribeParameters', {}),
  secret('a missing stage', 'GetSecretValue', { SecretId: 'db', VersionStage: 'None' }),
  secret('a stage of another version', 'GetSecretValue', {
    SecretId: 'db',
    VersionId: FIRST,
    VersionStage: 'AWSCURRENT',
  }),
  secret('a deleted secret', 'GetSecretValue', { SecretId: 'gone' }),
  secret('several secrets, one of them missing', 'BatchGetSecretValue', { SecretIdList: ['db', 'none'] }),
  secret('a description of a secret', 'DescribeSecret', { SecretId: 'db' }),
  secret('a list of secrets', 'ListSecrets', {}),
];

const READ_PARAMETER = parameter('the written parameter', 'GetParameter', { Name: '/written' });
const READ_SECRET = secret('the written secret', 'GetSecretValue', { SecretId: 'written' });

/** Each write stands between two reads of its value. */
export const WRITES: readonly TourStep[] = [
  READ_PARAMETER,
  parameter('a write', 'PutParameter', { Name: '/written', Value: 'new parameter', Overwrite: true }),
  READ_PARAMETER,
  READ_SECRET,
  secret('a write', 'PutSecretValue', { SecretId: 'written', SecretString: 'new secret' }),
  READ_SECRET,
];
