import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkRings, type RingCheck } from './ring-check.ts';

interface Violation {
  readonly title: string;
  readonly rule: string;
  /** A further rule that the same import breaks. */
  readonly another?: string;
  /** Files to plant, by path. */
  readonly files: Readonly<Record<string, string>>;
}

const importing = (name: string, from: string): string =>
  `import { ${name} } from '${from}';\nexport const planted = ${name};\n`;

const violations: readonly Violation[] = [
  {
    title: 'the domain that knows an adapter',
    rule: 'domain-points-inward',
    files: {
      'src/domain/cache/planted.ts': importing('LruCacheStore', '../../adapters/memory/lru-cache-store.ts'),
    },
  },
  {
    title: 'an adapter that knows another',
    rule: 'adapters-are-islands',
    files: { 'src/adapters/memory/planted.ts': importing('SystemClock', '../system/system.ts') },
  },
  {
    title: 'another adapter that knows the client of Valkey',
    rule: 'valkey-client-only-in-its-adapter',
    files: { 'src/adapters/memory/planted.ts': importing('Redis', 'iovalkey') },
  },
  {
    title: 'a module that loads the client of Valkey at the start',
    rule: 'valkey-adapter-is-loaded-on-demand',
    files: {
      'src/bootstrap/planted.ts': importing('ValkeyEntries', '../adapters/valkey/valkey-entries.ts'),
    },
  },
  {
    title: 'a preload that knows the second tier',
    rule: 'application-preload-points-downward',
    files: {
      'src/application/preload/planted.ts': importing('TierCalls', '../tier/tier-calls.ts'),
    },
  },
  {
    title: 'an adapter that knows a use case',
    rule: 'adapters-know-no-use-case',
    files: {
      'src/adapters/memory/planted.ts': importing('ReadItem', '../../application/reading/read-item.ts'),
    },
  },
  {
    title: 'a port that knows DynamoDB',
    rule: 'cache-knows-no-source',
    files: {
      'src/ports/planted.ts':
        "import type { TableSpec } from '../domain/dynamodb/model/table-spec.ts';\nexport type Planted = TableSpec;\n",
    },
  },
  {
    title: 'a port that knows policies',
    rule: 'cache-knows-no-source',
    files: { 'src/ports/planted.ts': importing('policyOf', '../domain/iam/policy-document.ts') },
  },
  {
    title: 'the roles that know tables',
    rule: 'domain-iam-points-downward',
    files: { 'src/domain/iam/planted.ts': importing('KeyCodec', '../dynamodb/model/key-codec.ts') },
  },
  {
    title: 'the generic domain that knows DynamoDB',
    rule: 'domain-cache-points-downward',
    files: {
      'src/domain/cache/planted.ts':
        "import type { TableSpec } from '../dynamodb/model/table-spec.ts';\nexport type Planted = TableSpec;\n",
    },
  },
  {
    title: 'the generic domain that knows secrets',
    rule: 'domain-cache-points-downward',
    files: {
      'src/domain/cache/planted.ts': importing('SecretDirectory', '../secrets/secret-directory.ts'),
    },
  },
  {
    title: 'a service of the domain that knows another',
    rule: 'domain-parameters-points-downward',
    files: {
      'src/domain/parameters/planted.ts': importing('SecretDirectory', '../secrets/secret-directory.ts'),
    },
  },
  {
    title: 'the generic domain that knows AppConfig',
    rule: 'domain-cache-points-downward',
    files: {
      'src/domain/cache/planted.ts': importing('AS_STORED', '../appconfig/configuration-name.ts'),
    },
  },
  {
    title: 'the domain of AppConfig that knows keys of DynamoDB',
    rule: 'domain-appconfig-points-downward',
    files: {
      'src/domain/appconfig/planted.ts': importing('KeyCodec', '../dynamodb/model/key-codec.ts'),
    },
  },
  {
    title: 'a use case of the cache that knows named values',
    rule: 'cache-knows-no-source',
    files: {
      'src/application/reading/planted.ts': importing('goJson', '../../domain/named-values/value-bodies.ts'),
    },
  },
  {
    title: 'the endpoint for SDKs of values that knows one service',
    rule: 'application-aws-json-knows-its-services',
    files: {
      'src/application/aws-json/planted.ts': importing(
        'SecretDirectory',
        '../../domain/secrets/secret-directory.ts',
      ),
    },
  },
  {
    title: 'the endpoint for SDKs of DynamoDB that knows that of values',
    rule: 'application-dynamodb-points-downward',
    files: {
      'src/application/dynamodb/planted.ts': importing('ANY_AWS_JSON', '../aws-json/read-several.ts'),
    },
  },
  {
    title: 'the client of AWS that knows a source',
    rule: 'adapters-are-islands',
    files: { 'src/adapters/aws/planted.ts': importing('SourceTable', '../dynamodb/source-table.ts') },
  },
  {
    title: 'a room of the application that knows one above it',
    rule: 'application-storing-points-downward',
    files: { 'src/application/storing/planted.ts': importing('ReadItem', '../reading/read-item.ts') },
  },
  {
    title: 'a room of the application that knows its neighbour',
    rule: 'application-preload-points-downward',
    files: { 'src/application/preload/planted.ts': importing('ReadItem', '../reading/read-item.ts') },
  },
  {
    title: 'the policy of values that knows tables',
    rule: 'application-named-values-knows-its-services',
    files: {
      'src/application/named-values/planted.ts':
        "import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';\nexport type Planted = TableSpec;\n",
    },
  },
  {
    title: 'a room of the application that knows what puts all of them together',
    rule: 'application-reading-points-downward',
    files: { 'src/application/reading/planted.ts': importing('createCache', '../create-cache.ts') },
  },
  {
    title: 'the use cases of DynamoDB that know secrets',
    rule: 'application-dynamodb-knows-its-services',
    files: {
      'src/application/dynamodb/planted.ts': importing(
        'SecretDirectory',
        '../../domain/secrets/secret-directory.ts',
      ),
    },
  },
  {
    title: 'the readers of variables that know cache.yaml',
    rule: 'config-environment-points-downward',
    files: {
      'src/adapters/config/environment/planted.ts': importing('readCacheYaml', '../cache-yaml/cache-yaml.ts'),
    },
  },
  {
    title: 'the readers of JSON that know a service',
    rule: 'domain-json-points-downward',
    files: { 'src/domain/json/planted.ts': importing('KeyCodec', '../dynamodb/model/key-codec.ts') },
  },
  {
    title: 'JSON of DynamoDB that knows tables and keys',
    rule: 'dynamodb-json-points-downward',
    files: { 'src/domain/dynamodb/json/planted.ts': importing('KeyCodec', '../model/key-codec.ts') },
  },
  {
    title: 'the item routes that know the endpoint for SDKs',
    rule: 'http-rooms-are-islands',
    files: {
      'src/adapters/http/items/planted.ts': importing('crc32', '../sdk-endpoint/wire-answer.ts'),
    },
  },
  {
    title: "AppConfig's listener that knows the item routes",
    rule: 'http-rooms-are-islands',
    files: {
      'src/adapters/http/appconfig-agent/planted.ts': importing('ItemQuery', '../items/item-query.ts'),
    },
  },
  {
    title: 'the server that knows a route',
    rule: 'http-rooms-are-islands',
    files: { 'src/adapters/http/server/planted.ts': importing('ItemQuery', '../items/item-query.ts') },
  },
  {
    title: 'the program of the layers that loads the status page',
    rule: 'status-page-stays-out-of-lambda',
    files: {
      'src/bootstrap/planted.ts': importing(
        'StatusPageServer',
        '../adapters/http/status-page/status-page-server.ts',
      ),
    },
  },
  {
    title: 'an entry of the package that is imported inside',
    rule: 'bootstrap-points-inward',
    another: 'exports-are-a-shop-window',
    files: { 'src/bootstrap/planted.ts': importing('EntryKey', '../exports/core.ts') },
  },
  {
    title: 'the container outside bootstrap',
    rule: 'container-only-in-bootstrap',
    files: { 'src/adapters/memory/planted.ts': importing('Container', 'inversify') },
  },
  {
    title: 'a tool that knows the program',
    rule: 'tools-stand-alone',
    files: {
      'tools/lambda-emulator/planted.ts': importing('TtlPolicy', '../../src/domain/cache/ttl-policy.ts'),
    },
  },
  {
    title: 'an emulator of AWS that signs with code of the program',
    rule: 'tools-stand-alone',
    files: {
      'tools/aws-emulator/planted.ts': importing('signingTime', '../../src/adapters/aws/sigv4/sigv4.ts'),
    },
  },
  {
    title: 'a tool that uses another tool',
    rule: 'tools-stand-alone',
    files: { 'tools/aws-emulator/planted.ts': importing('startLambda', '../lambda-emulator/index.ts') },
  },
  {
    title: 'a circle',
    rule: 'no-circular',
    files: {
      'src/domain/cache/planted.ts':
        "import { other } from './planted-too.ts';\nexport const planted = () => other();\n",
      'src/domain/cache/planted-too.ts':
        "import { planted } from './planted.ts';\nexport const other = () => planted();\n",
    },
  },
];

/** Under names of their own, so that all can be planted in one copy. */
const planted = (number: number, files: Violation['files']): Violation['files'] =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path.replace(/planted/, `planted-${number}`),
      text.replaceAll(/\.\/planted/g, `./planted-${number}`),
    ]),
  );

describe('the ring check', () => {
  let check: RingCheck;

  /** One run for all: a second one, on the sources alone, would find nothing that this one does not find. */
  beforeAll(() => {
    check = checkRings(Object.assign({}, ...violations.map(({ files }, number) => planted(number, files))));
  }, 60_000);

  it('finds nothing in the sources as they are', () => {
    expect(check.output).toMatch(/\d+ dependency violations \(\d+ errors, 0 warnings\)/);
    expect(check.violations.filter((violation) => !/planted-\d+/.test(violation))).toEqual([]);
  });

  it.each(violations.map((each, number) => ({ ...each, number })))(
    'fails on $title',
    ({ rule, another, number }) => {
      const found = check.violations.filter(
        (violation) => /planted-(\d+)/.exec(violation)?.[1] === String(number),
      );

      expect(found.toSorted()).toEqual(
        [rule, ...(another === undefined ? [] : [another])].map((each) =>
          expect.stringMatching(`^${each}: (src|tools)/.*planted`),
        ),
      );
      expect(check.passed).toBe(false);
    },
  );
});
