import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { startDynalite } from '../../test/support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../../test/support/dynamodb/dynamodb-server.ts';
import { type AwsEmulator, startAwsEmulator } from '../../tools/aws-emulator/index.ts';
import { CREDENTIALS, type Lambda, startLambda } from '../../tools/lambda-emulator/index.ts';
import type { CacheAnswer, Errand } from '../function/errand.ts';
import type { SdkFindings } from '../function/sdk-findings.ts';
import type { SecretFindings } from '../function/secret-findings.ts';
import { countOfRequests } from './own-requests.ts';
import type { Ports } from './port.ts';
import type { ProjectFiles } from './project-files.ts';
import { createSampleTables } from './sample-tables.ts';
import { runSdkFunction } from './sdk-function.ts';
import { runSecretsFunction } from './secrets-function.ts';

const answersSchema: v.GenericSchema<unknown, CacheAnswer[]> = v.array(
  v.object({
    status: v.number(),
    headers: v.record(v.string(), v.string()),
    body: v.string(),
    ms: v.number(),
  }),
);

/** The region of the emulated Lambda. */
export const REGION = 'eu-west-1';

/** The order that the function reads by the AWS SDK. */
const SDK_ORDER = 'Orders@@1004';

/** What an invocation of the sample function brought. */
export interface Visit {
  readonly answers: readonly CacheAnswer[];
  /** Requests for the same items that reached DynamoDB meanwhile. */
  readonly dynamoDbRequests: number;
}

/** What the function that reads by the AWS SDK found. */
export interface SdkVisit {
  readonly findings: SdkFindings;
  /** Requests for the same items that reached DynamoDB meanwhile. */
  readonly dynamoDbRequests: number;
}

/** What the function for AWS's Parameters and Secrets extension found. */
export interface SecretVisit {
  readonly findings: SecretFindings;
  /** Requests that reached Parameter Store and Secrets Manager meanwhile. */
  readonly awsRequests: number;
}

interface StageParts {
  readonly ports: Ports;
  readonly dynamoDb: DynamoDbServer;
  readonly aws: AwsEmulator;
  readonly lambda: Lambda;
  readonly files: ProjectFiles;
}

/**
 * Everything the story is played with: an embedded DynamoDB, emulated Parameter Store and Secrets Manager, an emulated Lambda,
 * the real extension, and the sample functions.
 */
export class Stage {
  readonly ports: Ports;
  readonly dynamoDb: DynamoDbServer;
  readonly lambda: Lambda;
  readonly #aws: AwsEmulator;
  readonly #files: ProjectFiles;
  /** What the database of the secret accepts. */
  #password = '';

  constructor({ ports, dynamoDb, aws, lambda, files }: StageParts) {
    this.ports = ports;
    this.dynamoDb = dynamoDb;
    this.lambda = lambda;
    this.#aws = aws;
    this.#files = files;
    aws.parameters.put('/prod/host', { value: 'db.example' });
    this.rotateSecret();
  }

  /** Sets everything up; the extension and the function run from `lambda.init()` on. */
  static async open(ports: Ports, files: ProjectFiles): Promise<Stage> {
    const dynamoDb = await startDynalite();
    const aws = await emulateAws();
    try {
      await createSampleTables(dynamoDb);
      const lambda = await emulateLambda(ports, files, { dynamoDb: dynamoDb.endpoint, aws: aws.url });
      return new Stage({ ports, dynamoDb, aws, lambda, files });
    } catch (error) {
      await aws.close();
      await dynamoDb.close();
      throw error;
    }
  }

  /** Where the extension listens. */
  get port(): number {
    return this.ports.own;
  }

  /** Requests that have reached DynamoDB. */
  get dynamoDbRequests(): number {
    return this.dynamoDb.requests.length;
  }

  /** Invokes the sample function. */
  async visit(errand: Errand): Promise<Visit> {
    const names = new Set(
      errand.requests.map(({ target }) => new URL(target, 'http://any').searchParams.get('name') ?? ''),
    );
    const before = this.dynamoDbRequests;
    const { payload, failed } = await this.lambda.invoke(errand);
    if (failed) throw new Error(`the sample function failed: ${JSON.stringify(payload)}`);
    return { answers: v.parse(answersSchema, payload), dynamoDbRequests: this.#requestsSince(before, names) };
  }

  /**
   * Runs the function that reads by the AWS SDK.
   *
   * @param port where SDKs are pointed; without it, they ask DynamoDB itself
   */
  async runSdkFunction(port?: number): Promise<SdkVisit> {
    const before = this.dynamoDbRequests;
    const { sdkFunction } = this.#files;
    const endpoint = port === undefined ? undefined : `http://127.0.0.1:${port}`;
    const findings = await runSdkFunction(sdkFunction, this.dynamoDb.endpoint, endpoint);
    return { findings, dynamoDbRequests: this.#requestsSince(before, new Set([SDK_ORDER])) };
  }

  /** Runs the function for AWS's Parameters and Secrets extension. */
  async runSecretsFunction(): Promise<SecretVisit> {
    const before = this.#aws.calls.all.length;
    const { secretsFunction } = this.#files;
    const findings = await runSecretsFunction(secretsFunction, this.ports.secrets, this.#password);
    return { findings, awsRequests: this.#aws.calls.all.length - before };
  }

  /** Gives the database another password, and stores it as the current version of the secret. */
  rotateSecret(): void {
    this.#password = randomUUID();
    this.#aws.secrets.put('prod/db', { string: JSON.stringify({ password: this.#password }) });
  }

  #requestsSince(before: number, names: ReadonlySet<string>): number {
    return countOfRequests(this.dynamoDb.requests.slice(before), names);
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    await this.lambda.close();
    await this.#aws.close();
    await this.dynamoDb.close();
  }
}

/** It accepts the credentials of the emulated function. */
const emulateAws = (): Promise<AwsEmulator> =>
  startAwsEmulator({
    credentials: {
      accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
      secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      sessionToken: CREDENTIALS.AWS_SESSION_TOKEN,
    },
  });

const emulateLambda = (
  ports: Ports,
  files: ProjectFiles,
  urls: { readonly dynamoDb: string; readonly aws: string },
): Promise<Lambda> => {
  // Lambda gives the variables of a function to its extensions, too.
  const env = {
    CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets',
    CACHE_EXTENSION_CONFIG: files.cacheYaml,
    CACHE_EXTENSION_DYNAMODB_ENDPOINT: urls.dynamoDb,
    CACHE_EXTENSION_INIT_STARTUP: 'true',
    CACHE_EXTENSION_PORT: String(ports.own),
    CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: urls.aws,
    CACHE_EXTENSION_SSM_ENDPOINT: urls.aws,
    CACHE_EXTENSION_TTL: '10m',
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(ports.secrets),
  };
  return startLambda({
    extension: { name: 'dynamodb-cache', command: [process.execPath, files.extension], env },
    functionProcess: { command: [process.execPath, files.sampleFunction], env },
    port: ports.own,
    region: REGION,
  });
};
