import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';
import { resultOf } from './sdk-result.mjs';

/*
 * Takes a tour of Parameter Store and Secrets Manager with Powertools for AWS Lambda from a folder:
 *   node powertools-tour.mjs <folder> < steps.json > results.json
 * The endpoints come from AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL_SECRETS_MANAGER.
 */
const [folder] = process.argv.slice(2);
const require = createRequire(`${folder}/`);

const { SSMProvider } = require('@aws-lambda-powertools/parameters/ssm');
const { SecretsProvider } = require('@aws-lambda-powertools/parameters/secrets');
const sdks = {
  ssm: require('@aws-sdk/client-ssm'),
  secretsmanager: require('@aws-sdk/client-secrets-manager'),
};
const providers = { ssm: new SSMProvider(), secretsmanager: new SecretsProvider() };
const { ssm, secretsmanager: secrets } = providers;

/** The operations for which Powertools has a method of its own. */
const METHODS = {
  GetParameter: ({ Name, WithDecryption }) => ssm.get(Name, { decrypt: WithDecryption }),
  GetParameters: ({ Names, WithDecryption }) => {
    const parameters = Object.fromEntries(Names.map((name) => [name, {}]));
    return ssm.getParametersByName(parameters, { decrypt: WithDecryption, throwOnError: false });
  },
  GetParametersByPath: ({ Path, Recursive, WithDecryption, ...sdkOptions }, pageSize) =>
    ssm.getMultiple(Path, {
      recursive: Recursive,
      decrypt: WithDecryption,
      sdkOptions: pageSize === undefined ? sdkOptions : { ...sdkOptions, MaxResults: pageSize },
    }),
  PutParameter: ({ Name, Value, Overwrite }) => ssm.set(Name, { value: Value, overwrite: Overwrite }),
  GetSecretValue: ({ SecretId, ...sdkOptions }) => secrets.get(SecretId, { sdkOptions }),
};

const results = [];
for (const { service, operation, input, pageSize } of await json(process.stdin)) {
  const { [service]: provider } = providers;
  // Otherwise Powertools would answer a repeated read itself.
  provider.clearCache();
  const method = METHODS[operation];
  results.push(
    await resultOf(async () =>
      method === undefined
        ? provider.client.send(new sdks[service][`${operation}Command`](input))
        : { value: await method(input, pageSize) },
    ),
  );
}
for (const { client } of Object.values(providers)) client.destroy();
process.stdout.write(JSON.stringify(results));
