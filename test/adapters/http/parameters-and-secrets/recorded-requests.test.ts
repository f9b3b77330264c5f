import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { absent, found } from '../../../support/http/app-under-test.ts';
import { ExtensionHandlerUnderTest } from '../../../support/http/extension-handler-under-test.ts';

interface Recording {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

const { pairs }: { readonly pairs: readonly Recording[] } = JSON.parse(
  readFileSync(new URL('../../../vectors/parameters-and-secrets.json', import.meta.url), 'utf8'),
);

describe('a recorded request to the AWS Parameters and Secrets extension', () => {
  it.each(pairs)('is answered byte for byte: $request', async ({ request, status, body }) => {
    const extension = new ExtensionHandlerUnderTest();
    extension.reader.answer = () => (status === 200 ? found(body) : absent());

    const answer = await extension.request(request);

    expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
    expect(await extension.fast(request)).toEqual(answer);
  });

  const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/x';
  const GET = '/systemsmanager/parameters/get';
  const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-MFUBmH';

  it.each([
    ['raw slashes', `${GET}?name=/app/x`, '/app/x', false],
    ['a trailing slash', `${GET}/?name=/app/x`, '/app/x', false],
    ['withDecryption first', `${GET}/?withDecryption=true&name=/app/x`, '/app/x', true],
    ['withDecryption in other letters', `${GET}?name=/app/x&withDecryption=True`, '/app/x', true],
    ['encoded slashes', `${GET}?name=%2Fapp%2Fx`, '/app/x', false],
    ['lower-case escapes', `${GET}?name=%2fapp%2fx`, '/app/x', false],
    ['a raw ARN', `${GET}?name=${ARN}`, ARN, false],
    [
      'an ARN that Python quotes',
      `${GET}?name=arn%3Aaws%3Assm%3Aus-east-1%3A123456789012%3Aparameter/app/x`,
      ARN,
      false,
    ],
    ['an ARN that JavaScript encodes', `${GET}?name=${encodeURIComponent(ARN)}`, ARN, false],
    ['a space around the name as a plus', `${GET}?name=+%2Fapp%2Fx+`, '/app/x', false],
    ['an at sign', `${GET}?name=a@b`, 'a@b', false],
    ['a version before a label', `${GET}?name=/app/x&version=3&label=Dev`, '/app/x:3', false],
    ['a label before a version', `${GET}?label=Dev&version=3&name=/app/x`, '/app/x:Dev', false],
    ['an empty version before a label', `${GET}?name=/app/x&version=&label=Dev`, '/app/x:Dev', false],
    ['parameters that do not exist', `${GET}?name=/app/x&ttl=5&Name=other&region=mars`, '/app/x', false],
    ['a name twice', `${GET}?name=/app/x&name=/app/y`, '/app/x', false],
    ['a public parameter', `${GET}?name=/aws/service/list`, '/aws/service/list', false],
    ['UTF-8', `${GET}?name=caf%C3%A9`, 'café', false],
  ])('may be spelled with %s', async (_, target, name, withDecryption) => {
    const extension = new ExtensionHandlerUnderTest();

    const answers = [await extension.request(target), await extension.fast(target)];

    expect(answers.map((answer) => answer?.status)).toEqual([200, 200]);
    expect(extension.asked).toEqual([
      { name, withDecryption },
      { name, withDecryption },
    ]);
  });

  it.each([
    ['/secretsmanager/get?secretId=prod/db', { id: 'prod/db' }],
    ['/secretsmanager/get/?secretId=prod%2Fdb', { id: 'prod/db' }],
    [`/secretsmanager/get?secretId=${SECRET_ARN}`, { id: SECRET_ARN }],
    [`/secretsmanager/get?secretId=${encodeURIComponent(SECRET_ARN)}`, { id: SECRET_ARN }],
    ['/secretsmanager/get?versionStage=AWSPREVIOUS&secretId=db', { id: 'db', stage: 'AWSPREVIOUS' }],
    ['/secretsmanager/get?secretId=db&versionId=v-1&x=y', { id: 'db', versionId: 'v-1' }],
    ['/secretsmanager/get?secretId=db&versionId=', { id: 'db' }],
    ['/v1/db', { id: 'db' }],
    ['/v1/prod/db?versionStage=AWSPREVIOUS', { id: 'prod/db', stage: 'AWSPREVIOUS' }],
    [`/v1/${SECRET_ARN}`, { id: SECRET_ARN }],
    ['/v1/prod%2Fdb?secretId=other', { id: 'prod%2Fdb' }],
  ])('may name a secret as in %s', async (target, secret) => {
    const extension = new ExtensionHandlerUnderTest();

    const answers = [await extension.request(target), await extension.fast(target)];

    expect(answers.map((answer) => answer?.status)).toEqual([200, 200]);
    expect(extension.asked).toEqual([secret, secret]);
  });
});
