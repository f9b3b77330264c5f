import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Lambda, startLambda } from '../../tools/lambda-emulator/index.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { type CacheYamlFile, writeCacheYaml } from '../support/e2e/cache-yaml-file.ts';
import { readLogLine } from '../support/e2e/extension-under-test.ts';
import { HttpClient } from '../support/e2e/http-client.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { EXTENSION_NAME, plantedStart } from '../support/e2e/program.ts';
import { freePort } from '../support/free-port.ts';

/** Runs ahead of the program, which knows nothing of it: signals become defects that nobody catches. */
const DEFECTS_BY_SIGNAL = `
  process.on('SIGUSR2', function throwing() { throw new TypeError('nobody foresaw it'); });
  process.on('SIGWINCH', function rejecting() { Promise.reject(new RangeError('nobody foresaw it')); });
`;

let dynamodb: DynamoDbServer;
let file: CacheYamlFile;
let http: HttpClient;
let lambda: Lambda;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  file = await writeCacheYaml('dynamodb: [{ table: Things, hashKey: id }]');
  await writeFile(join(dirname(file.path), 'defects.mjs'), DEFECTS_BY_SIGNAL);
});

afterEach(async () => {
  http.close();
  await lambda.close();
});

afterAll(async () => {
  await dynamodb.close();
  await file.remove();
});

const start = async (): Promise<void> => {
  const port = await freePort();
  lambda = await startLambda({
    port,
    extension: {
      name: EXTENSION_NAME,
      ...plantedStart(file, 'defects.mjs', {
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.endpoint,
        CACHE_EXTENSION_PORT: String(port),
      }),
    },
  });
  http = new HttpClient(port);
  await lambda.init();
};

describe('a defect outside of all requests', () => {
  it.each([
    ['SIGUSR2', 'TypeError', 'throwing'],
    ['SIGWINCH', 'RangeError', 'rejecting'],
  ] as const)('by %s is logged once with its stack, and ends nothing', async (signal, name, place) => {
    await start();
    const { pid } = await lambda.when('extension-started');

    process.kill(Number(pid), signal);
    await lambda.when('output', ({ line }) => String(line).includes('nobody foresaw it'));

    expect((await http.request('GET', itemPath('Things', 'nobody'))).status).toBe(404);
    await lambda.invoke();
    expect(await lambda.shutdown()).toMatchObject({ code: 0, signal: null });
    const lines = lambda.output.flatMap((line) => readLogLine(line) ?? []);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'ERROR', message: 'unexpected error; the extension keeps serving' }),
    ]);
    expect(JSON.stringify(lines)).toContain(name);
    expect(JSON.stringify(lines)).toMatch(new RegExp(`at .*${place}`));
  });
});
