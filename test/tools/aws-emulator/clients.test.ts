import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetParameterCommand,
  GetParametersCommand,
  paginateGetParametersByPath,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { AWS_CREDENTIALS } from '../../support/aws-emulator/fixture.ts';

let aws: AwsEmulator;
let ssm: SSMClient;
let secrets: SecretsManagerClient;
let appConfig: AppConfigDataClient;

beforeAll(async () => {
  aws = await startAwsEmulator({ credentials: AWS_CREDENTIALS });
  const options = { endpoint: aws.url, region: 'eu-west-1', credentials: AWS_CREDENTIALS, maxAttempts: 1 };
  ssm = new SSMClient(options);
  secrets = new SecretsManagerClient(options);
  appConfig = new AppConfigDataClient(options);
});
afterAll(async () => {
  ssm.destroy();
  secrets.destroy();
  appConfig.destroy();
  await aws.close();
});

describe('the SDK of AWS reads', () => {
  it('parameters', async () => {
    await ssm.send(new PutParameterCommand({ Name: '/sdk/u', Value: 'ä', Type: 'String' }));
    aws.parameters.put('/sdk/v', { value: 'secret', type: 'SecureString' });
    const { Parameters, InvalidParameters } = await ssm.send(
      new GetParametersCommand({ Names: ['/sdk/u', '/sdk/no'] }),
    );
    const names: (string | undefined)[] = [];
    aws.faults.emptyNextPages(1);
    for await (const page of paginateGetParametersByPath({ client: ssm, pageSize: 1 }, { Path: '/sdk' }))
      names.push(...(page.Parameters ?? []).map(({ Name }) => Name));

    expect(Parameters).toMatchObject([{ Name: '/sdk/u', Value: 'ä', LastModifiedDate: expect.any(Date) }]);
    expect(InvalidParameters).toEqual(['/sdk/no']);
    expect(names).toEqual(['/sdk/u', '/sdk/v']);
  });

  it('secrets', async () => {
    aws.secrets.put('sdk', { string: 'one' });
    aws.secrets.put('bytes', { binary: Uint8Array.of(1, 255) });

    expect(await secrets.send(new GetSecretValueCommand({ SecretId: 'sdk' }))).toMatchObject({
      SecretString: 'one',
      CreatedDate: expect.any(Date),
    });
    expect(
      await secrets.send(new BatchGetSecretValueCommand({ SecretIdList: ['bytes', 'no'] })),
    ).toMatchObject({
      SecretValues: [{ SecretBinary: Uint8Array.of(1, 255) }],
      Errors: [{ SecretId: 'no', ErrorCode: 'ResourceNotFoundException' }],
    });
  });

  it('configurations, with a token that must be encoded', async () => {
    aws.configurations.put(
      { application: 'app', environment: 'env', profile: 'profile' },
      { bytes: '{"a":1}', contentType: 'application/json', versionLabel: 'v' },
    );
    const { InitialConfigurationToken } = await appConfig.send(
      new StartConfigurationSessionCommand({
        ApplicationIdentifier: 'app',
        EnvironmentIdentifier: 'env',
        ConfigurationProfileIdentifier: 'profile',
      }),
    );
    const answer = await appConfig.send(
      new GetLatestConfigurationCommand({ ConfigurationToken: InitialConfigurationToken }),
    );

    expect(answer.Configuration?.transformToString()).toBe('{"a":1}');
    expect(answer).toMatchObject({ VersionLabel: 'v', NextPollIntervalInSeconds: 60 });
    await expect(
      appConfig.send(new GetLatestConfigurationCommand({ ConfigurationToken: InitialConfigurationToken })),
    ).rejects.toMatchObject({ name: 'BadRequestException', message: 'Token not valid' });
  });

  it('errors by their names', async () => {
    const parameter = new GetParameterCommand({ Name: '/no' });
    await expect(ssm.send(parameter)).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'no' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });

    aws.faults.expireCredentials();

    await expect(ssm.send(parameter)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await expect(
      appConfig.send(new GetLatestConfigurationCommand({ ConfigurationToken: 't' })),
    ).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });
});
