import type { AdmittedOperations } from '../../../src/application/dynamodb/admitted-operations.ts';
import { ServeOperations } from '../../../src/application/dynamodb/serve-operations.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import type { TableSpec } from '../../../src/domain/dynamodb/model/table-spec.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import { tableSpec } from '../dynamodb/table-spec.ts';
import { type ApplicationOptions, createApplication, groupOf, PLAIN, TYPED } from './create-application.ts';

/** A forwarded operation. */
interface Passed {
  readonly operation: string;
  readonly body: string;
}

/** How DynamoDB responds to a forwarded operation: with an answer or with an error. */
export type Script = (passed: Passed) => Promise<Partial<WireAnswer> & { readonly json?: string }>;

/** The endpoint with the table `Things`, and others on request, over a scripted DynamoDB. */
export const serveEndpoint = (
  script: Script,
  spec: Partial<TableSpec> = {},
  options: ApplicationOptions = {},
  others: readonly TableSpec[] = [],
) => {
  const things = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' }, ...spec });
  const specs = [things, ...others];
  const app = createApplication({ groups: specs.map(({ name }) => groupOf(name)), ...options });
  const codec = new KeyCodec(things);
  const passed: Passed[] = [];
  const forward: AdmittedOperations = {
    execute: async ({ operation, body }) => {
      const each = { operation, body: decode(body) };
      passed.push(each);
      const { json = '{}', ...answer } = await script(each);
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: encode(json),
        ...answer,
      };
    },
  };
  const operations = new ServeOperations({
    cache: app,
    store: app.store,
    clock: app.clock,
    tables: new ConfiguredTables(specs, 'eu-west-1'),
    forward,
  });

  /** The answer: a value if it is synchronous, else a promise. */
  const execute = (operation: string, request: object | string) =>
    operations.execute({
      operation,
      headers: new Headers({ 'content-type': TYPED }),
      body: encode(typeof request === 'string' ? request : JSON.stringify(request)),
      signal: new AbortController().signal,
      caller: { region: 'eu-west-1' },
    });

  /** The text of the answer. */
  const ask = async (operation: string, request: object | string): Promise<string> => {
    const { body } = await execute(operation, request);
    return body instanceof Uint8Array ? decode(body) : 'a stream';
  };

  const keyOf = (id: string) => codec.fromText(id);
  /** Puts an item into the source. */
  const put = (id: string, json = itemJson(id)) =>
    app.source.put(keyOf(id), { [TYPED]: json, [PLAIN]: '{}' });

  return { ...app, operations, passed, execute, ask, put, keyOf };
};

export const itemJson = (id: string, v = '1.0'): string => `{"id":{"S":"${id}"},"v":{"N":"${v}"}}`;
export const thing = (id: string) => ({ TableName: 'Things', Key: { id: { S: id } } });

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
