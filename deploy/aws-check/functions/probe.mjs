import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/*
 * A function that asks the extension and answers what it saw. The steps of an event are described in `probe.ts` of the folder
 * above. Values of secrets are compared here and do not leave the function.
 */
const connections = new Agent({ keepAlive: true });
const environment = randomUUID();
let invocations = 0;

const PORTS_OF_AWS = {
  2773: process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? '2773',
  2772: process.env.AWS_APPCONFIG_EXTENSION_HTTP_PORT ?? '2772',
};

const send = (path, headers = {}, portOfAws = undefined) =>
  new Promise((resolve, reject) => {
    const port = PORTS_OF_AWS[portOfAws] ?? process.env.CACHE_EXTENSION_PORT ?? '4000';
    request({ host: '127.0.0.1', port, path, headers, agent: connections }, async (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      for await (const chunk of incoming) body += chunk;
      resolve({ status: incoming.statusCode, headers: incoming.headers, body });
    })
      .once('error', reject)
      .end();
  });

const health = async () => {
  try {
    const { status, body } = await send('/health');
    // The body has a status of its own.
    return { ...JSON.parse(body), status };
  } catch ({ code, message }) {
    return { failure: code ?? message };
  }
};

// While the function is initialized: the port must be open by now.
const atInit = await health();

const withVariables = (path) =>
  path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(process.env[name] ?? ''));

const medianOf = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const get = async ({ get: path, port, headers, token, times = 1, secret }) => {
  const all = { ...headers };
  if (token) all['X-Aws-Parameters-Secrets-Token'] = process.env.AWS_SESSION_TOKEN ?? '';
  const durations = [];
  const how = [];
  let last;
  for (let n = 0; n < times; n += 1) {
    const sentAt = performance.now();
    last = await send(withVariables(path), all, port);
    durations.push(performance.now() - sentAt);
    how.push(`${last.status} ${last.headers['cache-status'] ?? ''}`);
  }
  const seen = {
    status: last.status,
    age: Number(last.headers.age ?? 0),
    how,
    medianMs: medianOf(durations),
  };
  if (secret === undefined) return { ...seen, body: last.body };
  return { ...seen, body: '', isSame: secretIn(last.body, port) === (await secretOf(secret)) };
};

/** AWS's extension answers with JSON, and with text if it has no secret. */
const secretIn = (body, port) => {
  if (port === undefined) return body;
  try {
    return JSON.parse(body).SecretString;
  } catch {
    return undefined;
  }
};

const secretOf = async (variable) => {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const command = new GetSecretValueCommand({ SecretId: process.env[variable] });
  return (await new SecretsManagerClient({}).send(command)).SecretString;
};

let client;
const dynamoDb = async (name, input) => {
  const sdk = await import('@aws-sdk/client-dynamodb');
  client ??= new sdk.DynamoDBClient({});
  return client.send(new sdk[name](input));
};

const sdkGet = async ({ sdkGet: { table, id } }) => {
  const Key = { id: { S: id } };
  const { Item } = await dynamoDb('GetItemCommand', { TableName: process.env[table], Key });
  return { version: Number(Item?.version?.N) };
};

const sdkPut = async ({ sdkPut: { table, id, version } }) => {
  const Item = { id: { S: id }, version: { N: String(version) } };
  await dynamoDb('PutItemCommand', { TableName: process.env[table], Item });
  return { version };
};

const stepOf = (step) => {
  if ('get' in step) return get(step);
  return 'sdkGet' in step ? sdkGet(step) : sdkPut(step);
};

export const handler = async ({ steps }) => {
  invocations += 1;
  const before = await health();
  const answers = [];
  for (const step of steps) answers.push(await stepOf(step));
  return {
    environment,
    invocation: invocations,
    runtime: `Node.js ${process.version}`,
    initializationType: process.env.AWS_LAMBDA_INITIALIZATION_TYPE ?? '',
    endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    atInit,
    before,
    after: await health(),
    answers,
  };
};
