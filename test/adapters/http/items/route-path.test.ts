import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createApp, createHandler } from '../../../../src/adapters/http/app.ts';
import type { ItemRouteOptions } from '../../../../src/adapters/http/items/item-routes.ts';
import { RoutePath } from '../../../../src/adapters/http/items/item-query.ts';
import { NodeHttpServer } from '../../../../src/adapters/http/server/node-server.ts';
import {
  ConfigurationAddressParser,
  ConfigurationDirectory,
} from '../../../../src/domain/appconfig/configuration-directory.ts';
import {
  AS_STORED,
  type ConfigurationName,
  configurationNameOf,
} from '../../../../src/domain/appconfig/configuration-name.ts';
import type { RequestHandler } from '../../../../src/ports/inbound/server.ts';
import { anyText } from '../../../support/any-text.ts';
import { AppUnderTest, found, optionsOf, SAMPLE_DIGEST } from '../../../support/http/app-under-test.ts';
import { exchange } from '../../../support/http/exchange.ts';

const PATH = '/applications/:application/environments/:environment/configurations/:profile';
const FLAGS = '/applications/shop/environments/prod/configurations/flags';

const directory = new ConfigurationDirectory(
  [{ group: 'listed', application: 'shop', environment: 'test', profile: 'flags' }],
  true,
);
const app = new AppUnderTest();
const route: ItemRouteOptions = {
  path: PATH,
  addresses: new ConfigurationAddressParser(directory),
  defaultContentType: AS_STORED,
  reader: app.reader,
  invalidator: app.invalidator,
};
const options = { ...optionsOf(app), items: [...optionsOf(app).items, route] };
const handler = createHandler(options);
const router = createApp(options).fetch;

beforeEach(() => {
  app.reader.answer = () => found('{"a":1}');
  app.reader.reads.length = 0;
});

/** The names of the configurations that were read. */
const namesRead = (): readonly ConfigurationName[] =>
  app.reader.reads.splice(0).map(({ key }) => configurationNameOf(key));

const pathOf = ({ application, environment, profile }: ConfigurationName): string => {
  const [first, second, third] = [application, environment, profile].map(encodeURIComponent);
  return `/applications/${first}/environments/${second}/configurations/${third}`;
};

describe('RoutePath', () => {
  const path = new RoutePath('/tables/:table/items/:item');

  it('without parameters, is one path', () => {
    const fixed = new RoutePath('/dynamodb');

    expect(fixed.isFixed).toBe(true);
    expect(fixed.queryOf('/dynamodb', 'a=1')).toBe('a=1');
    expect(fixed.queryOf('/dynamodb/', 'a=1')).toBeUndefined();
  });

  it('puts its parameters in front of the query', () => {
    expect(path.isFixed).toBe(false);
    expect(path.queryOf('/tables/a%2Fb/items/c', '')).toBe('table=a%2Fb&item=c');
    expect(path.queryOf('/tables/a/items/c', 'format=x')).toBe('table=a&item=c&format=x');
  });

  it('gives characters that mean something in a query only their own meaning', () => {
    expect(path.queryOf('/tables/a+b&item=x/items/c=d', '')).toBe('table=a%2Bb%26item=x&item=c=d');
  });

  it.each([
    '',
    '/',
    '/tables/a/items',
    '/tables/a/items/',
    '/tables//items/c',
    '/tables/a/items/c/',
    '/tables/a/items/c/d',
    '//tables/a/items/c',
    '/x/tables/a/items/c',
    '/Tables/a/items/c',
    '/tables/a/%69tems/c',
  ])('does not take %j for its own', (foreign) => {
    expect(path.queryOf(foreign, 'a=1')).toBeUndefined();
  });
});

describe('a path with parameters', () => {
  it('leads to the same key below the router and in the router, for any names', async () => {
    // Not dot segments: URL parsers resolve them.
    const part = fc
      .oneof(
        anyText({ minLength: 1, maxLength: 20 }),
        fc.constantFrom('my app', 'a/b', 'a%2Fb', '%', 'a+b', 'a&profile=c', 'a=b', '...', '~', "it's"),
      )
      .filter((text) => text !== '.' && text !== '..');
    const name = fc.record({ application: part, environment: part, profile: part });

    await fc.assert(
      fc.asyncProperty(name, async (wanted) => {
        const target = pathOf(wanted);
        const answer = handler.fastPath?.(
          { method: 'GET', target, headers: ['Host', 'localhost:4000'] },
          { overLimit: false },
        );
        expect(answer).toMatchObject({ status: 200 });
        const request = new Request(`http://localhost:4000${target}`, {
          headers: { host: 'localhost:4000' },
        });
        expect((await router(request, { overLimit: false })).status).toBe(200);
        expect(namesRead()).toEqual([wanted, wanted]);
      }),
      { numRuns: 200 },
    );
  });

  it('leads to the group of a listed configuration', async () => {
    const target = FLAGS.replace('prod', 'test');
    handler.fastPath?.({ method: 'GET', target, headers: ['Host', 'localhost'] }, { overLimit: false });

    expect(app.reader.reads.map(({ key }) => key.group)).toEqual(['listed']);
  });
});

describe('over the wire, with and without the fast path', () => {
  const servers: NodeHttpServer[] = [];

  const serve = async (served: RequestHandler): Promise<void> => {
    const server = new NodeHttpServer({ port: 0, maxConnections: 16, maxHeaderBytes: 16_384 });
    servers.push(server);
    await server.listen();
    await server.serve(served);
  };

  beforeAll(async () => {
    await serve(handler);
    await serve(router);
  });

  afterAll(() => Promise.all(servers.map((server) => server.close())));

  /** The answer of both servers, once it is seen to be the same. */
  const ask = async (path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) => {
    const [fast, slow] = await Promise.all(
      servers.map(({ port }) => exchange(`http://127.0.0.1:${port}`, { method, path, headers })),
    );
    const { date: _, ...told } = fast?.headers ?? {};
    const { date: __, ...alsoTold } = slow?.headers ?? {};
    expect({ ...fast, headers: told }).toEqual({ ...slow, headers: alsoTold });
    if (fast === undefined) throw new Error('no answer');
    return fast;
  };
  const codeIn = ({ body }: { readonly body: string }): unknown => JSON.parse(body).code;

  it('answers a configuration with the type that AppConfig gave, and a validator', async () => {
    const result = found('a: 1\n');
    if (result.outcome !== 'found') throw new Error('not found');
    app.reader.answer = () => ({
      ...result,
      body: { ...result.body, contentType: AS_STORED, mediaType: 'application/x-yaml' },
    });
    const answer = await ask(FLAGS);

    expect(answer).toMatchObject({
      status: 200,
      body: 'a: 1\n',
      headers: { 'content-type': 'application/x-yaml', etag: `"${SAMPLE_DIGEST}"` },
    });
    expect(namesRead()).toEqual(
      Array.from({ length: 2 }, () => ({ application: 'shop', environment: 'prod', profile: 'flags' })),
    );
  });

  it('answers 304 if the validator matches, and the head only to HEAD', async () => {
    expect(await ask(FLAGS, 'GET', { 'if-none-match': `"${SAMPLE_DIGEST}"` })).toMatchObject({
      status: 304,
      body: '',
    });
    expect(await ask(FLAGS, 'HEAD')).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '7' },
    });
  });

  it('invalidates a configuration', async () => {
    app.invalidator.keys.length = 0;

    expect((await ask(FLAGS, 'DELETE')).status).toBe(204);
    expect(app.invalidator.keys.map(configurationNameOf)).toEqual(
      Array.from({ length: 2 }, () => ({ application: 'shop', environment: 'prod', profile: 'flags' })),
    );
    expect((await ask(FLAGS, 'POST')).status).toBe(405);
  });

  it.each([
    [`${FLAGS}?format=dynamodb`, 400, 'unknown_parameter'],
    [`${FLAGS}?flag=a`, 400, 'unknown_parameter'],
    [`${FLAGS}?profile=other`, 400, 'malformed_name'],
    [`${FLAGS.replace('shop', '%zz')}`, 400, 'malformed_name'],
    [`${FLAGS.replace('shop', '%ff')}`, 400, 'malformed_name'],
    [`${FLAGS.replace('shop', 'x'.repeat(129))}`, 400, 'malformed_name'],
    [`${FLAGS}/`, 404, 'no_such_route'],
    [`/${FLAGS}`, 404, 'no_such_route'],
    [FLAGS.replace('shop', ''), 404, 'no_such_route'],
    [FLAGS.replace('applications', 'Applications'), 404, 'no_such_route'],
    ['/applications/shop', 404, 'no_such_route'],
    [FLAGS.replace('shop', '.'), 404, 'no_such_route'],
    [FLAGS.replace('shop', '..'), 404, 'no_such_route'],
    [FLAGS.replace('shop', '%2e'), 404, 'no_such_route'],
    [FLAGS.replace('flags', '%2E.'), 404, 'no_such_route'],
  ])('answers %s with %d %s, and reads nothing', async (path, status, code) => {
    const answer = await ask(path);

    expect([answer.status, codeIn(answer)]).toEqual([status, code]);
    expect(app.reader.reads).toEqual([]);
  });

  it.each([`/x/..${FLAGS}`, `/%2e${FLAGS}`, FLAGS.replace('shop', './x/%2E%2e/shop')])(
    'resolves dot segments, as URLs do: %s',
    async (path) => {
      expect((await ask(path)).status).toBe(200);
      expect(namesRead()).toEqual(
        Array.from({ length: 2 }, () => ({ application: 'shop', environment: 'prod', profile: 'flags' })),
      );
    },
  );
});
