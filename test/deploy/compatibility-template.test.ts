import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { readEnvironment } from '../../src/adapters/config/environment/environment.ts';
import { checkCacheYaml, policyForConfig } from '../../src/exports/policy.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import {
  type AwsInTime,
  type ReplacedAgentUnderTest,
  startAwsInTime,
  startReplacedAgent,
} from '../support/e2e/start-with-appconfig.ts';
import { freePort } from '../support/free-port.ts';
import { readTemplate } from './cloudformation-yaml.ts';
import { referencesIn } from './references.ts';
import { pathOf, read, zipOf } from './sam-template.ts';

const template = readTemplate(read('compatibility.yaml'));
const propertiesOf = (name: string) => template.Resources[name]?.Properties ?? {};

const HERE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  'AWS::Partition': HERE.partition,
  'AWS::Region': HERE.region,
  'AWS::AccountId': HERE.account,
  ParameterName: '/shop/host',
  SecretName: 'prod/db',
  ApplicationId: 'shop',
  EnvironmentId: 'prod',
  ProfileId: 'flags',
};

/** A value with the placeholders of `Fn::Sub` and of parameters replaced. */
const filled = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, inner) => {
    if (typeof inner?.['Fn::Sub'] === 'string')
      return inner['Fn::Sub'].replace(/\$\{([^}]+)\}/g, (__: string, name: string) =>
        String(PLACEHOLDERS[name]),
      );
    return typeof inner?.Ref === 'string' && inner.Ref in PLACEHOLDERS ? PLACEHOLDERS[inner.Ref] : inner;
  });

const { PolicyDocument } = v.parse(
  v.object({ PolicyDocument: v.object({ Statement: v.array(v.record(v.string(), v.unknown())) }) }),
  filled(propertiesOf('ReadValues')),
);
const statements = PolicyDocument.Statement;

const { Environment } = v.parse(
  v.object({ Environment: v.object({ Variables: v.record(v.string(), v.string()) }) }),
  filled(template.Globals?.Function),
);
const variablesOf = (isOfExtension: boolean): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(Environment.Variables).filter(
      ([name]) => name.startsWith('CACHE_EXTENSION_') === isOfExtension,
    ),
  );
const ofExtension = variablesOf(true);
const ofCode = variablesOf(false);

const hasJavac = spawnSync('javac', ['--release', '17', '--version']).status === 0;

describe("the SAM template in place of AWS's extensions", () => {
  it('refers only to what it has', () => {
    const known = [...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})];
    const names = referencesIn(template).map(({ name }) => name);

    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("replaces both of AWS's extensions with settings that the extension accepts", () => {
    expect(ofExtension.CACHE_EXTENSION_COMPATIBILITY).toBe('parameters-and-secrets,appconfig');
    expect(readEnvironment({ AWS_REGION: 'eu-west-1', ...ofExtension }).problems).toEqual([]);
  });

  it.each([
    ['NodeFunction', 'dist/layers/node.zip'],
    ['JavaFunction', 'dist/layers/standalone-arm64.zip'],
  ])('%s has the layer for its runtime', (name, zip) => {
    const [layer] = propertiesOf(name).Layers as readonly { Ref: string }[];

    expect(zipOf(propertiesOf(layer?.Ref ?? ''))).toBe(zip);
  });

  it('allows for parameters and secrets exactly what the command policy prints', () => {
    const checked = checkCacheYaml('parameters:\n  - name: /shop/host\nsecrets:\n  - id: prod/db\n');
    const printed = policyForConfig(checked, HERE).Statement;

    expect(printed).toHaveLength(4);
    expect(statements.slice(0, 4)).toEqual(printed);
  });

  it('allows to read the configuration, and to decrypt with the key if there is one', () => {
    expect(statements.slice(4)).toEqual([
      {
        Sid: 'ReadConfigurations',
        Effect: 'Allow',
        Action: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
        Resource: [
          'arn:aws:appconfig:eu-west-1:123456789012:application/shop/environment/prod/configuration/flags',
        ],
      },
      {
        'Fn::If': [
          'HasKey',
          {
            Sid: 'DecryptValues',
            Effect: 'Allow',
            Action: ['kms:Decrypt'],
            Resource: [{ Ref: 'KmsKeyArn' }],
          },
          { Ref: 'AWS::NoValue' },
        ],
      },
    ]);
  });

  const isCfnLintInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

  (isCfnLintInstalled ? it : it.skip)(
    'has no finding of cfn-lint',
    () => {
      const { status, stdout } = spawnSync('cfn-lint', [pathOf('compatibility.yaml')], { encoding: 'utf8' });

      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    },
    120_000,
  );
});

/** Under SnapStart, a function has this variable in place of the session token. */
const OF_SNAPSTART = { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container' };
const TOKENS = [{ AWS_SESSION_TOKEN: CREDENTIALS.AWS_SESSION_TOKEN }, OF_SNAPSTART];

describe("the code that was written for AWS's extensions", () => {
  let folder: string;
  let time: AwsInTime;
  let agent: ReplacedAgentUnderTest;
  let valuesPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'compatibility-'));
    time = await startAwsInTime();
    time.aws.parameters.put('/shop/host', { value: 'db.example' });
    time.aws.secrets.put('prod/db', { string: 'password' });
    time.aws.configurations.put(
      { application: 'shop', environment: 'prod', profile: 'flags' },
      { bytes: '{"dark":true}', contentType: 'application/json' },
    );
    valuesPort = await freePort();
    agent = await startReplacedAgent(time, {
      ...ofExtension,
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(valuesPort),
      CACHE_EXTENSION_SSM_ENDPOINT: time.aws.url,
      CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: time.aws.url,
      ...OF_SNAPSTART,
    });
  }, 60_000);

  afterAll(async () => {
    await agent?.extension.close();
    await time?.aws.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (
    program: string,
    args: readonly string[],
    token: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const { stdout } = await promisify(execFile)(program, args, {
      env: {
        ...ofCode,
        PATH: process.env.PATH,
        PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(valuesPort),
        AWS_APPCONFIG_EXTENSION_HTTP_PORT: String(agent.agentPort),
        ...token,
      },
    });
    return stdout.trim();
  };

  it.each(TOKENS)(
    'reads a parameter, a secret and flags in Node.js, without cache.yaml: %j',
    async (token) => {
      const [file] = String(propertiesOf('NodeFunction').Handler).split('.');
      const code = `const { handler } = await import(process.argv[1]);
      console.log(JSON.stringify(await handler()));
      process.exit();`;
      const path = pathOf(join(String(propertiesOf('NodeFunction').CodeUri), `${file}.mjs`));

      const args = ['--input-type=module', '-e', code, path];

      expect(JSON.parse(await run(process.execPath, args, token))).toEqual({
        parameter: 'db.example',
        secretVersion: expect.any(String),
        flags: { dark: true },
      });
    },
  );

  (hasJavac ? it : it.skip)(
    'reads them in Java 17 or later, without cache.yaml',
    async () => {
      const [className, method] = String(propertiesOf('JavaFunction').Handler).split('::');
      const call = `new ${className}().${method}(java.util.Map.of()).get("flags")`;
      const main = join(folder, 'Main.java');
      writeFileSync(
        main,
        `class Main { public static void main(String[] a) throws Exception { System.out.println(${call}); } }`,
      );
      const source = pathOf(`compatibility/${className}.java`);
      await run('javac', ['--release', '17', '-Xlint:all', '-Werror', '-d', folder, source]);

      for (const token of TOKENS)
        expect(await run('java', ['-cp', folder, main], token)).toBe('{"dark":true}');
    },
    60_000,
  );
});
