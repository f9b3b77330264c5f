import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import {
  dotnetAppConfigForLambda,
  middyAppConfigExtension,
  powertoolsGetConfig,
} from '../support/e2e/agent-clients.ts';
import { ConnectProxy } from '../support/e2e/connect-proxy.ts';
import {
  type AwsInTime,
  prepareReplacedAgent,
  type ReplacedAgentUnderTest,
  startAwsInTime,
  startReplacedAgent,
} from '../support/e2e/start-with-appconfig.ts';
import { freePort } from '../support/free-port.ts';

const START = 'StartConfigurationSession';
const POLL = 'GetLatestConfiguration';
const configuration = (profile: string) => ({ application: 'shop', environment: 'prod', profile });
const pathOf = (profile: string) => `/applications/shop/environments/prod/configurations/${profile}`;
const LEVELS = '{\n  "level": 1\n}\n';
const YAML = 'foo: bar\n';

let time: AwsInTime;
let agent: ReplacedAgentUnderTest | undefined;

beforeAll(async () => {
  time = await startAwsInTime();
  const { configurations } = time.aws;
  configurations.put(configuration('levels'), { bytes: LEVELS, contentType: 'application/json' });
  configurations.put(configuration('text'), { bytes: YAML, contentType: 'application/x-yaml' });
  configurations.put(
    { application: 'my app', environment: 'a/b', profile: 'ü+&' },
    { bytes: 'x', contentType: 'text/plain' },
  );
  configurations.putFlags(configuration('flags'), {
    dark: { enabled: true, share: 0.5 },
    beta: { enabled: false },
    promo: { _variants: [{ name: 'default', enabled: true }] },
  });
});

afterEach(() => {
  time.aws.faults.clear();
  time.aws.calls.clear();
});

afterAll(() => time.aws.close());

const countOf = (operation: string) => time.aws.calls.of(operation).length;

describe("in place of AWS's AppConfig Agent, without cache.yaml", () => {
  let compatiblePort: number;
  let started: ReplacedAgentUnderTest;

  beforeAll(async () => {
    time.aws.parameters.put('/app/host', { value: 'db.example' });
    compatiblePort = await freePort();
    started = await startReplacedAgent(time, {
      CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets,appconfig',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(compatiblePort),
      CACHE_EXTENSION_SSM_ENDPOINT: time.aws.url,
      AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS: '30s',
    });
  });

  // No entry is fresh at the begin of a test.
  beforeEach(() => started.later());

  afterAll(() => started.extension.close());

  // At first, because a client of AWS learns the time from its first answer.
  it("serves the protocol of AWS's other extension as well", async () => {
    const response = await fetch(
      `http://localhost:${compatiblePort}/systemsmanager/parameters/get?name=/app/host`,
      {
        headers: { 'X-Aws-Parameters-Secrets-Token': CREDENTIALS.AWS_SESSION_TOKEN },
      },
    );

    expect(response.status).toBe(200);
    expect(JSON.parse(await response.text()).Parameter.Value).toBe('db.example');
  });

  it('the clients of the agent get what they expect', async () => {
    const { agentPort: port } = started;
    const odd = { application: 'my app', environment: 'a/b', profile: 'ü+&' };

    expect(await powertoolsGetConfig(port, configuration('levels'))).toBe(LEVELS);
    expect(await powertoolsGetConfig(port, configuration('none'))).toBeUndefined();
    expect(await powertoolsGetConfig(port, odd)).toBe('x');
    expect(await middyAppConfigExtension(port, configuration('levels'))).toEqual({ level: 1 });
    expect(await middyAppConfigExtension(port, configuration('text'))).toBe(YAML);
    expect(await middyAppConfigExtension(port, configuration('flags'), '?flag=dark')).toEqual({
      enabled: true,
      share: 0.5,
    });
    expect(await dotnetAppConfigForLambda(port, configuration('text'))).toEqual(['application/x-yaml', YAML]);
    const [type] = Object(await dotnetAppConfigForLambda(port, configuration('none')));
    expect(type).toBe('application/json');
  });

  it('flags are selected, and failures have the bodies of the agent', async () => {
    const flags = (query: string) => started.ask(`${pathOf('flags')}?${query}`);

    expect((await flags('flag=dark&flag=beta')).body).toBe(
      '{"dark":{"enabled":true,"share":0.5},"beta":{"enabled":false}}',
    );
    expect(await flags('flag=dark&flag=none')).toMatchObject({
      status: 400,
      body: '{"Details":{"Value":{"none":{"Problem":"NoSuchFlag"}}},"Message":"Configuration data missing one or more flag values","Reason":"InvalidParameters"}',
    });
    expect((await flags('flag=promo')).status).toBe(501);
    expect((await started.ask(pathOf('flags'), { Context: 'country=at' })).status).toBe(501);
    expect((await started.ask(pathOf('flags'), { 'Entity-Id': 'user' })).status).toBe(200);
    expect(await started.ask('/applications/shop')).toMatchObject({
      status: 404,
      body: '{"Message":"Unrecognized or malformed path","ResourceType":"Configuration"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await started.ask(pathOf('none'))).toMatchObject({ status: 404 });
    expect((await started.ask('/ping')).status).toBe(200);
  });

  it('polls with one session, not before the interval has passed, and not for each request', async () => {
    const read = async () => (await started.ask(pathOf('levels'))).body;
    expect(await Promise.all(Array.from({ length: 20 }, read))).toEqual(
      Array.from({ length: 20 }, () => LEVELS),
    );
    expect(countOf(POLL)).toBe(1);

    await started.later();
    // An unchanged configuration is not sent again.
    expect([await read(), await read(), await read()]).toEqual([LEVELS, LEVELS, LEVELS]);
    expect(countOf(POLL)).toBe(2);

    time.aws.configurations.put(configuration('levels'), {
      bytes: '{"level":2}',
      contentType: 'application/json',
    });
    expect(await read()).toBe(LEVELS);
    await started.later();
    expect(await read()).toBe('{"level":2}');
    expect([countOf(START), countOf(POLL)]).toEqual([0, 3]);
    time.aws.configurations.put(configuration('levels'), { bytes: LEVELS, contentType: 'application/json' });
  });

  it('serves the previous configuration while AppConfig fails, and the new one afterwards', async () => {
    expect((await started.ask(pathOf('text'))).body).toBe(YAML);
    time.aws.configurations.put(configuration('text'), {
      bytes: 'foo: baz\n',
      contentType: 'application/x-yaml',
    });
    await started.later();
    time.aws.faults.failNext(100, { type: 'InternalServerException', status: 500 });

    const kept = await started.ask(pathOf('text'));
    expect([kept.status, kept.body]).toEqual([200, YAML]);
    time.aws.faults.clear();
    await started.later();
    expect((await started.ask(pathOf('text'))).body).toBe('foo: baz\n');
    time.aws.configurations.put(configuration('text'), { bytes: YAML, contentType: 'application/x-yaml' });
  });

  it('a denial is status 403 and names the permission', async () => {
    time.aws.configurations.put(configuration('denied'), { bytes: 'x', contentType: 'text/plain' });
    time.aws.faults.deny('appconfig:*', 'shop/prod/denied');

    const { status, headers, body } = await started.ask(pathOf('denied'));
    expect([status, headers['content-type']]).toEqual([403, 'application/json']);
    expect(body).toContain('appconfig:StartConfigurationSession');
    await expect(powertoolsGetConfig(started.agentPort, configuration('denied'))).rejects.toThrow(
      'GetParameterError 403',
    );
  });

  it('answers the same bytes on the own port, with a validator', async () => {
    const answer = await started.extension.get(pathOf('levels'));
    expect(answer).toMatchObject({
      status: 200,
      body: LEVELS,
      headers: { 'content-type': 'application/json' },
    });

    const etag = String(answer.headers.etag);
    expect((await started.extension.get(pathOf('levels'), { 'if-none-match': etag })).status).toBe(304);
    expect((await started.extension.delete(pathOf('levels'))).status).toBe(204);
  });
});

describe('at its start', () => {
  afterEach(() => agent?.extension.close());

  it('answers while it prefetches, before the first invocation, and warns of variables that it ignores', async () => {
    const held = time.aws.faults.delay('appconfig:GetLatestConfiguration');
    agent = await prepareReplacedAgent(time, {
      CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: '',
      AWS_APPCONFIG_EXTENSION_SERVICE_ENDPOINT: time.aws.url,
      AWS_APPCONFIG_EXTENSION_PREFETCH_LIST: `shop:prod:levels,${pathOf('text')}`,
      AWS_APPCONFIG_EXTENSION_PROXY_HEADERS: 'a: b',
    });
    const { lambda, extension, agentPort } = agent;
    const initialized = lambda.init();
    await held.arrived(2);
    const early = powertoolsGetConfig(agentPort, configuration('levels'));
    held.release();
    await initialized;

    expect(await early).toBe(LEVELS);
    expect(await middyAppConfigExtension(agentPort, configuration('text'))).toBe(YAML);
    expect([countOf(START), countOf(POLL)]).toEqual([2, 2]);
    expect(lambda.journal.find('registered')).toMatchObject({ listening: true });
    expect((await extension.health()).preload).toMatchObject([
      { group: 'appconfig:*', state: 'complete', entries: 2 },
    ]);
    expect(extension.log.map(({ message }) => message)).toEqual([
      'AWS_APPCONFIG_EXTENSION_PROXY_HEADERS is not supported, and ignored',
    ]);
    expect(await lambda.shutdown()).toMatchObject({ code: 0, signal: null });
  });

  it('answers 502 soon before the first invocation under SnapStart, and reads in it', async () => {
    agent = await prepareReplacedAgent(time, {}, undefined, 'snap-start');
    const { lambda, ask } = agent;
    await lambda.init();

    const early = await ask(pathOf('levels'));
    expect(early.status).toBe(502);
    expect(JSON.parse(early.body).Message).toContain(
      'reads no values before the first invocation: read in the handler',
    );
    expect(time.aws.calls.all).toEqual([]);
    await lambda.invoke();

    expect(await ask(pathOf('levels'))).toMatchObject({ status: 200, body: LEVELS });
  });

  it('reports a port that is taken with one error, which names the layer to remove, and uses the proxy of the agent', async () => {
    const proxy = await ConnectProxy.start(Number(new URL(time.aws.url).port));
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const address = other.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      const variables = {
        CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: 'https://appconfigdata.example',
        AWS_APPCONFIG_EXTENSION_PROXY_URL: `http://user:pass@${proxy.place}`,
      };
      agent = await startReplacedAgent(time, variables, address.port);
      const { extension, lambda } = agent;
      const { message } = await extension.whenLogged(({ level }) => level === 'ERROR');
      expect(message).toContain("remove the layer of AWS's AppConfig Agent extension");
      expect(message).toContain(String(address.port));
      expect(message).toContain('CACHE_EXTENSION_COMPATIBILITY');

      await lambda.invoke();
      // The proxy leads to a server that does not speak TLS.
      expect((await extension.get(pathOf('levels'))).status).toBe(503);
      expect(proxy.requests[0]).toContain('CONNECT appconfigdata.example:443');
      expect(extension.log.filter(({ level }) => level === 'ERROR')).toHaveLength(1);
    } finally {
      other.close();
      await proxy.close();
    }
  });
});

describe("with the manifest of AWS's agent, and without cache.yaml", () => {
  const ROLE_ARN = 'arn:aws:iam::111122223333:role/flags';
  const manifest = {
    'shop:prod:theirs': {
      credentials: { roleArn: ROLE_ARN, roleExternalId: 'shop-4711', credentialsDuration: '2h' },
      writeTo: { path: '/tmp/theirs.json' },
    },
    'shop:prod:distant': { region: 'us-east-1' },
  };

  it('each configuration is read with its role and region, and all others as the function', async () => {
    const { aws } = time;
    aws.roles.put(ROLE_ARN, { externalId: 'shop-4711' });
    for (const [account, bytes] of [
      [aws, 'ours'],
      [aws.account('111122223333'), 'theirs'],
    ] as const)
      for (const profile of ['theirs', 'own', 'distant'])
        account.configurations.put(configuration(profile), { bytes, contentType: 'text/plain' });
    agent = await startReplacedAgent(time, {
      AWS_APPCONFIG_EXTENSION_MANIFEST: JSON.stringify(manifest),
      CACHE_EXTENSION_STS_ENDPOINT: aws.url,
    });
    const read = async (profile: string) => (await agent?.ask(pathOf(profile)))?.body;

    expect([await read('theirs'), await read('own')]).toEqual(['theirs', 'ours']);
    // The emulator has another region.
    expect(await read('distant')).toContain('the signature was rejected, check credentials and region');
    expect(aws.roles.sessions.map(({ roleArn }) => roleArn)).toEqual([ROLE_ARN]);
    const { message } = await agent.extension.whenLogged((line) => line.message.includes('MANIFEST'));
    expect(message).toContain('writeTo, a feature of entry 1, is not supported, and ignored');
    await agent.extension.close();
  });

  it('a malformed one prevents the start, because the function would read in place of the role', async () => {
    agent = await prepareReplacedAgent(time, { AWS_APPCONFIG_EXTENSION_MANIFEST: 'shop:prod:manifest' });
    await expect(agent.lambda.init()).rejects.toThrow();

    expect(agent.lambda.output.join('\n')).toContain('names a configuration of AppConfig');
    await agent.extension.close();
  });
});
