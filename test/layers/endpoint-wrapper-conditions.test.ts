import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENDPOINT, WrappedRuntimes } from '../support/wrapped-runtime.ts';

const runtimes = new WrappedRuntimes();

beforeAll(() => runtimes.open());
afterAll(() => runtimes.close());

type Variables = Readonly<Record<string, string>>;

const exemptions = ({ NO_PROXY, no_proxy }: Variables) => [NO_PROXY, no_proxy];

const extension = () => `http://127.0.0.1:${runtimes.port}`;

const expectLeftAlone = async (env: Variables, why: string) => {
  const { status, endpoint, complaint, variables } = await runtimes.start({ env });

  expect([status, endpoint]).toEqual([0, undefined]);
  expect(complaint).toMatch(/^dynamodb-cache: AWS_ENDPOINT_URL_DYNAMODB is left as it is: [^\n]+\n$/);
  expect(complaint).toContain(why);
  expect(exemptions(variables)).toEqual(exemptions(env));
};

const expectSet = async (env: Variables) => {
  const started = await runtimes.start({ env });

  expect(started).toMatchObject({ status: 0, endpoint: extension(), complaint: '' });
  return started.variables;
};

const PROXY = 'http://proxy.example:3128';

describe('the wrapper where a proxy takes the calls of HTTP', () => {
  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])(
    'exempts loopback from %s in both NO_PROXY and no_proxy',
    async (name) => {
      const variables = await expectSet({ [name]: PROXY, CACHE_EXTENSION_HTTPS_PROXY: 'environment' });

      expect(variables).toMatchObject({
        [name]: PROXY,
        NO_PROXY: '127.0.0.1,localhost',
        no_proxy: '127.0.0.1,localhost',
      });
    },
  );

  it.each([
    [
      'an entry',
      { NO_PROXY: 'a.example' },
      ['a.example,127.0.0.1,localhost', 'a.example,127.0.0.1,localhost'],
    ],
    [
      'no_proxy alone',
      { no_proxy: 'a.example' },
      ['a.example,127.0.0.1,localhost', 'a.example,127.0.0.1,localhost'],
    ],
    ['both', { NO_PROXY: 'a', no_proxy: 'b' }, ['a,127.0.0.1,localhost', 'b,127.0.0.1,localhost']],
    ['an empty one', { NO_PROXY: '', no_proxy: 'b' }, ['b,127.0.0.1,localhost', 'b,127.0.0.1,localhost']],
    ['127.0.0.1', { NO_PROXY: '127.0.0.1' }, ['127.0.0.1,localhost', '127.0.0.1,localhost']],
    [
      'both addresses',
      { NO_PROXY: 'localhost,127.0.0.1,a' },
      ['localhost,127.0.0.1,a', 'localhost,127.0.0.1,a'],
    ],
    [
      'spaces',
      { NO_PROXY: 'a, 127.0.0.1 , b' },
      ['a, 127.0.0.1 , b,127.0.0.1,localhost', 'a, 127.0.0.1 , b,127.0.0.1,localhost'],
    ],
    ['a trailing comma', { NO_PROXY: 'a,' }, ['a,127.0.0.1,localhost', 'a,127.0.0.1,localhost']],
    [
      'a longer address',
      { NO_PROXY: '127.0.0.10' },
      ['127.0.0.10,127.0.0.1,localhost', '127.0.0.10,127.0.0.1,localhost'],
    ],
    ['a lone star', { NO_PROXY: '*' }, ['*', '*']],
    ['a lone star in one', { NO_PROXY: '*', no_proxy: 'b' }, ['*', 'b,127.0.0.1,localhost']],
    ['a star among others', { NO_PROXY: 'a,*' }, ['a,*,127.0.0.1,localhost', 'a,*,127.0.0.1,localhost']],
  ])('adds to NO_PROXY and no_proxy only what is missing, given %s', async (_, lists, [upper, lower]) => {
    const variables = await expectSet({ HTTP_PROXY: PROXY, ...lists });

    expect(exemptions(variables)).toEqual([upper, lower]);
  });

  it.each([{}, { HTTP_PROXY: '', http_proxy: '', ALL_PROXY: '', all_proxy: '' }])(
    'leaves NO_PROXY alone without a proxy (%j)',
    async (proxies) => {
      const variables = await expectSet({ ...proxies, NO_PROXY: 'a' });

      expect(exemptions(variables)).toEqual(['a', undefined]);
    },
  );

  it('leaves NO_PROXY alone where it leaves the endpoint alone', () =>
    expectLeftAlone({ HTTP_PROXY: PROXY, AWS_USE_FIPS_ENDPOINT: 'true' }, 'AWS_USE_FIPS_ENDPOINT'));
});

describe('the wrapper where SDKs reach DynamoDB through a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
    'leaves the endpoint alone if only the SDKs use %s',
    (name) =>
      expectLeftAlone(
        { [name]: PROXY, AWS_REGION: 'eu-west-1' },
        `${name} is set; set CACHE_EXTENSION_HTTPS_PROXY`,
      ),
  );

  it.each([
    'a.example',
    'amazonaws.com.example',
    'sqs.eu-west-1.amazonaws.com',
    ',',
    ' ',
    'azonaws.com',
    '127.0.0.1',
  ])('leaves the endpoint alone if NO_PROXY is "%s", which does not exempt DynamoDB', (list) =>
    expectLeftAlone({ HTTPS_PROXY: PROXY, NO_PROXY: list, AWS_REGION: 'eu-west-1' }, 'HTTPS_PROXY is set'),
  );

  it.each(['environment', PROXY])('sets the endpoint if CACHE_EXTENSION_HTTPS_PROXY is %s', (setting) =>
    expectSet({ HTTPS_PROXY: PROXY, CACHE_EXTENSION_HTTPS_PROXY: setting }),
  );

  it.each([
    { NO_PROXY: '*' },
    { NO_PROXY: 'a, .amazonaws.com ' },
    { NO_PROXY: '*.amazonaws.com' },
    { NO_PROXY: 'dynamodb.eu-west-1.amazonaws.com' },
    { no_proxy: 'amazonaws.com,a' },
    { NO_PROXY: '.amazonaws.com.cn', AWS_REGION: 'cn-north-1' },
    { NO_PROXY: '.internal', CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'https://dynamodb.internal:8443/' },
    { CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'http://dynamodb.internal:8000' },
    { DYNAMODB_CACHE_ENDPOINT: 'always' },
  ])('sets the endpoint if the extension needs no proxy (%j)', (env) =>
    expectSet({ HTTPS_PROXY: PROXY, AWS_REGION: 'eu-west-1', ...env }),
  );

  it('sets the endpoint if the variables of proxies are empty', () =>
    expectSet({ HTTPS_PROXY: '', https_proxy: '', ALL_PROXY: '', all_proxy: '', NO_PROXY: '' }));
});

describe('the wrapper where endpoint discovery is on', () => {
  const NAMES = ['AWS_ENABLE_ENDPOINT_DISCOVERY', 'AWS_ENDPOINT_DISCOVERY_ENABLED'];
  const each = (values: readonly string[]) => NAMES.flatMap((name) => values.map((value) => [name, value]));

  it.each(each(['true', 'True', 'TRUE', 'tRuE']))('leaves the endpoint alone if %s is %s', (name, value) =>
    expectLeftAlone({ [name]: value }, `${name} is true`),
  );

  it.each(each(['false', 'FALSE', '']))('sets the endpoint if %s is "%s"', (name, value) =>
    expectSet({ [name]: value }),
  );

  it('sets the endpoint if DYNAMODB_CACHE_ENDPOINT is always', () =>
    expectSet({ AWS_ENABLE_ENDPOINT_DISCOVERY: 'true', DYNAMODB_CACHE_ENDPOINT: 'always' }));
});

describe('the wrapper of a .NET function', () => {
  let folders = 0;

  /** The variables of a function whose folder has a dependency file, as the .NET SDK writes it. */
  const functionWith = (...packages: readonly string[]) => {
    const root = join(runtimes.folder, `task ${folders++}`);
    mkdirSync(root);
    const libraries = Object.fromEntries(
      packages.map((name) => [name, { type: 'package', serviceable: true }]),
    );
    const file = { targets: { '.NETCoreApp,Version=v8.0': libraries }, libraries };
    if (packages.length > 0)
      writeFileSync(join(root, 'My Function.deps.json'), JSON.stringify(file, undefined, 2));
    return { AWS_EXECUTION_ENV: 'AWS_Lambda_dotnet8', LAMBDA_TASK_ROOT: root };
  };

  it.each(['3.7.400.12', '4.0.0', '4.0.6.13', '4.0.7', '4.0.7.4', '4.0.0-preview.3'])(
    'leaves the endpoint alone with AWSSDK.Core %s, which loses the region of its clients',
    (version) =>
      expectLeftAlone(
        functionWith('AWSSDK.DynamoDBv2/4.0.21.6', `AWSSDK.Core/${version}`),
        `AWSSDK.Core ${version} would sign`,
      ),
  );

  it.each([
    '4.0.7.5',
    '4.0.7.10',
    '4.0.8.0',
    '4.0.9.7',
    '4.0.10.0',
    '4.0.100.2',
    '4.1.0.0',
    '5.0.0',
    '10.0.0.1',
  ])('sets the endpoint with AWSSDK.Core %s', (version) =>
    expectSet(functionWith('AWSSDK.DynamoDBv2/3.7.1', `AWSSDK.Core/${version}`)),
  );

  it.each([['no file'], ['no such package', 'AWSSDK.CoreTools/4.0.9.7']])(
    'leaves the endpoint alone if no dependency file names the version: %s',
    (_, ...packages) => expectLeftAlone(functionWith(...packages), 'no .deps.json file names the version'),
  );

  it('sets the endpoint without a known version if DYNAMODB_CACHE_ENDPOINT is always', () =>
    expectSet({ ...functionWith(), DYNAMODB_CACHE_ENDPOINT: 'always' }));

  it('sees an old version in an image too', () =>
    expectLeftAlone(
      { ...functionWith('AWSSDK.Core/3.7.0.1'), AWS_EXECUTION_ENV: 'AWS_Lambda_Image' },
      'AWSSDK.Core 3.7.0.1',
    ));

  it('sets the endpoint in an image without dependency files', () =>
    expectSet({ ...functionWith(), AWS_EXECUTION_ENV: 'AWS_Lambda_Image' }));

  it('does not look for it on other runtimes', () =>
    expectSet({ ...functionWith('AWSSDK.Core/3.7.0.1'), AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' }));
});

describe('the wrapper and the other variables of the function', () => {
  it('passes on variables with everyday names unchanged', async () => {
    const names = ['port', 'reason', 'host', 'name', 'value', 'file', 'list', 'entry'];
    const given = Object.fromEntries(names.map((name) => [name, `my ${name}`]));
    const env = {
      ...given,
      HTTPS_PROXY: PROXY,
      HTTP_PROXY: PROXY,
      NO_PROXY: 'amazonaws.com',
      AWS_EXECUTION_ENV: 'AWS_Lambda_Image',
      LAMBDA_TASK_ROOT: '/nowhere',
    };

    expect(await expectSet(env)).toMatchObject({ ...given, [ENDPOINT]: extension() });
  });
});
