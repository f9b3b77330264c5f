import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { freePort } from '../support/free-port.ts';
import {
  cacheYamlOf,
  environmentOf,
  functions,
  pathOf,
  properties,
  read,
  root,
  type SamFunction,
  template,
} from './sam-template.ts';

const NODE = `
const { handler } = await import(process.argv[1]);
console.log(JSON.stringify(await handler(JSON.parse(process.argv[2]))));
process.exit();
`;

const PYTHON = `
import importlib, json, sys
handler = importlib.import_module(sys.argv[1]).handler
print(json.dumps(handler(json.loads(sys.argv[2]), None), default=float))
`;

const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;

/** What runs a handler as its runtime does; undefined where there is none here. */
const commandOf = ({ CodeUri, Handler, Runtime }: SamFunction): readonly string[] | undefined => {
  const [file = ''] = Handler.split('.');
  if (Runtime.startsWith('nodejs')) {
    return [process.execPath, '--input-type=module', '-e', NODE, pathOf(join(CodeUri, `${file}.mjs`))];
  }
  return hasPython ? ['python3', '-c', PYTHON, file] : undefined;
};

const PRODUCT = { pKey: 'p1', sKey: 's1', price: 12.5 };

describe('the functions of the SAM template', () => {
  let dynamodb: DynamoDbServer;
  let extension: ExtensionUnderTest;

  beforeAll(async () => {
    const [fn] = functions;
    const [spec] = fn === undefined ? [] : cacheYamlOf(fn).tables;
    if (fn === undefined || spec === undefined) throw new Error('there is no function with a table');
    dynamodb = await startDynalite();
    await dynamodb.createTable(spec);
    // No answer has the note, because `fields` leaves it out.
    await dynamodb.put(spec.table, {
      pKey: { S: 'p1' },
      sKey: { S: 's1' },
      price: { N: '12.5' },
      note: { S: 'x' },
    });
    extension = await startExtension({
      cacheYaml: read('functions/cache.yaml'),
      endpoint: dynamodb.endpoint,
      env: environmentOf(fn),
    });
  }, 60_000);

  afterAll(async () => {
    await extension?.close();
    await dynamodb?.close();
  });

  const invoke = async (fn: SamFunction, port: number, event: object): Promise<unknown> => {
    const [command = '', ...args] = commandOf(fn) ?? [];
    const { stdout } = await promisify(execFile)(command, [...args, JSON.stringify(event)], {
      env: {
        PATH: process.env.PATH,
        TABLE: String(properties(template.Resources.ProductsTable).TableName),
        CACHE_EXTENSION_PORT: String(port),
        PYTHONPATH: [pathOf(fn.CodeUri), join(root, 'test/examples/clients/stand-ins')].join(':'),
        PYTHONDONTWRITEBYTECODE: '1',
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    });
    return JSON.parse(stdout);
  };

  for (const fn of functions) {
    const { name } = fn;
    const suite = commandOf(fn) === undefined ? describe.skip : describe;
    suite(`${name}${commandOf(fn) === undefined ? ' (there is no Python 3.10 or later)' : ''}`, () => {
      it('reads through the extension', async () => {
        const { counts: before } = await extension.health();

        expect(await invoke(fn, extension.port, { pKey: 'p1', sKey: 's1' })).toEqual(PRODUCT);
        expect((await extension.health()).counts).toEqual({ ...before, hits: before.hits + 1 });
      });

      it('tells that there is no such product', async () => {
        expect(await invoke(fn, extension.port, { pKey: 'p2', sKey: 's1' })).toBeNull();
      });

      it('asks DynamoDB where there is no extension', async () => {
        expect(await invoke(fn, await freePort(), { pKey: 'p1', sKey: 's1' })).toEqual(PRODUCT);
      });
    });
  }
});
