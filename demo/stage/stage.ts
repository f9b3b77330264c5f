import * as v from 'valibot';
import { startDynalite } from '../../test/support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../../test/support/dynamodb/dynamodb-server.ts';
import { type Lambda, startLambda } from '../../tools/lambda-emulator/index.ts';
import type { CacheAnswer, Errand } from '../function/errand.ts';
import type { SdkFindings } from '../function/sdk-findings.ts';
import { countOfRequests } from './own-requests.ts';
import type { ProjectFiles } from './project-files.ts';
import { createSampleTables } from './sample-tables.ts';
import { runSdkFunction } from './sdk-function.ts';

const answersSchema: v.GenericSchema<unknown, CacheAnswer[]> = v.array(
  v.object({
    status: v.number(),
    headers: v.record(v.string(), v.string()),
    body: v.string(),
    ms: v.number(),
  }),
);

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

/** Everything the story is played with: an embedded DynamoDB, an emulated Lambda, the real extension, the sample function. */
export class Stage {
  readonly port: number;
  readonly dynamoDb: DynamoDbServer;
  readonly lambda: Lambda;
  readonly #files: ProjectFiles;

  constructor(port: number, dynamoDb: DynamoDbServer, lambda: Lambda, files: ProjectFiles) {
    this.port = port;
    this.dynamoDb = dynamoDb;
    this.lambda = lambda;
    this.#files = files;
  }

  /** Sets everything up; the extension and the function run from `lambda.init()` on. */
  static async open(port: number, files: ProjectFiles): Promise<Stage> {
    const dynamoDb = await startDynalite();
    try {
      await createSampleTables(dynamoDb);
      return new Stage(port, dynamoDb, await emulateLambda(port, files, dynamoDb.endpoint), files);
    } catch (error) {
      await dynamoDb.close();
      throw error;
    }
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

  #requestsSince(before: number, names: ReadonlySet<string>): number {
    return countOfRequests(this.dynamoDb.requests.slice(before), names);
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    await this.lambda.close();
    await this.dynamoDb.close();
  }
}

const emulateLambda = (port: number, files: ProjectFiles, endpoint: string): Promise<Lambda> => {
  // Lambda gives the variables of a function to its extensions, too.
  const env = {
    CACHE_EXTENSION_CONFIG: files.cacheYaml,
    CACHE_EXTENSION_DYNAMODB_ENDPOINT: endpoint,
    CACHE_EXTENSION_INIT_STARTUP: 'true',
    CACHE_EXTENSION_PORT: String(port),
    CACHE_EXTENSION_TTL: '10m',
  };
  return startLambda({
    extension: { name: 'dynamodb-cache', command: [process.execPath, files.extension], env },
    functionProcess: { command: [process.execPath, files.sampleFunction], env },
    port,
  });
};
