import process from 'node:process';
import * as v from 'valibot';
import { startDynalite } from '../../test/support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../../test/support/dynamodb/dynamodb-server.ts';
import { createJournalTable } from '../../test/support/dynamodb/journal-subject.ts';
import { signedBy } from '../../test/support/dynamodb/wire.ts';
import { freePort } from '../../test/support/free-port.ts';
import { CREDENTIALS, type Lambda, startLambda } from '../../tools/lambda-emulator/index.ts';
import type { CacheRequest, Errand } from '../function/errand.ts';
import type { ProjectFiles } from '../stage/project-files.ts';

const PRODUCT = 'cup';
const JOURNAL = 'CacheJournal';
const REGION = 'eu-west-1';
const ENVIRONMENTS = 4;

/** The tables in fleet.yaml, by their `coherence`. */
const TABLES = { ttl: 'PricesTtl', invocation: 'PricesInvocation' } as const;

export const MODES = ['ttl', 'invocation'] as const;

/** The price that each table has shown in one invocation. */
export type ShownPrices = Readonly<Record<(typeof MODES)[number], number>>;

const answersSchema = v.array(v.object({ status: v.literal(200), body: v.string() }));
const priceSchema = v.object({ price: v.number() });

/** Four execution environments with the real extension and a function each, an embedded DynamoDB, and a journal. */
export class FleetStage {
  readonly #dynamoDb: DynamoDbServer;
  readonly #lambdas: readonly Lambda[];

  private constructor(dynamoDb: DynamoDbServer, lambdas: readonly Lambda[]) {
    this.#dynamoDb = dynamoDb;
    this.#lambdas = lambdas;
  }

  static async open(files: ProjectFiles): Promise<FleetStage> {
    const dynamoDb = await startDynalite();
    for (const table of Object.values(TABLES)) {
      await dynamoDb.createTable({ table, hashKey: { name: 'product', type: 'S' } });
      await dynamoDb.put(table, priceItem(1));
    }
    await createJournalTable(dynamoDb, JOURNAL);
    const lambdas: Lambda[] = [];
    for (let count = 0; count < ENVIRONMENTS; count += 1)
      lambdas.push(await emulateEnvironment(files, dynamoDb.endpoint));
    return new FleetStage(dynamoDb, lambdas);
  }

  /** Runs the init phase of all environments. */
  async init(): Promise<void> {
    await Promise.all(this.#lambdas.map((lambda) => lambda.init()));
    for (const lambda of this.#lambdas) lambda.freeze();
  }

  /** The function of the first environment writes the price to both tables, through the endpoint of its extension. */
  async write(price: number): Promise<void> {
    await this.#invoke(
      this.#lambdas[0],
      MODES.map((mode) => putRequest(TABLES[mode], price)),
    );
  }

  /** Invokes the function in each environment, which reads the price in both tables. */
  read(): Promise<readonly ShownPrices[]> {
    const requests = MODES.map(
      (mode): CacheRequest => ({ method: 'GET', target: `/dynamodb?name=${TABLES[mode]}@@${PRODUCT}` }),
    );
    return Promise.all(
      this.#lambdas.map(async (lambda) => {
        const [ttl = 0, invocation = 0] = (await this.#invoke(lambda, requests)).map(
          ({ body }) => v.parse(priceSchema, JSON.parse(body)).price,
        );
        return { ttl, invocation };
      }),
    );
  }

  /** What the extensions printed. */
  get output(): readonly string[] {
    return this.#lambdas.flatMap(({ output }) => output);
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    await Promise.all(this.#lambdas.map((lambda) => lambda.close()));
    await this.#dynamoDb.close();
  }

  /** As in Lambda, the environment is frozen after the invocation. */
  async #invoke(lambda: Lambda | undefined, requests: readonly CacheRequest[]) {
    if (lambda === undefined) throw new Error('there is no such environment');
    const errand: Errand = { requests, order: 'in turn' };
    const { payload, failed } = await lambda.invoke(errand);
    lambda.freeze();
    if (failed) throw new Error(`the sample function failed: ${JSON.stringify(payload)}`);
    return v.parse(answersSchema, payload);
  }
}

const priceItem = (price: number) => ({ product: { S: PRODUCT }, price: { N: String(price) } });

/** What an AWS SDK sends. */
const putRequest = (table: string, price: number): CacheRequest => ({
  method: 'POST',
  target: '/',
  headers: {
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': 'DynamoDB_20120810.PutItem',
    'X-Amz-Date': '20260101T000000Z',
    Authorization: signedBy(CREDENTIALS.AWS_ACCESS_KEY_ID, REGION),
  },
  body: JSON.stringify({ TableName: table, Item: priceItem(price) }),
});

const emulateEnvironment = async (files: ProjectFiles, dynamoDb: string): Promise<Lambda> => {
  const port = await freePort();
  const env = {
    CACHE_EXTENSION_CONFIG: files.fleetYaml,
    CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamoDb,
    CACHE_EXTENSION_JOURNAL_TABLE: JOURNAL,
    CACHE_EXTENSION_PORT: String(port),
  };
  return startLambda({
    extension: { name: 'dynamodb-cache', command: [process.execPath, files.extension], env },
    functionProcess: { command: [process.execPath, files.sampleFunction], env },
    region: REGION,
  });
};
