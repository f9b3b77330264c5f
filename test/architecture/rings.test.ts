import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkRings, type RingCheck } from './ring-check.ts';

interface Violation {
  readonly title: string;
  readonly rule: string;
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
    files: { 'src/adapters/memory/planted.ts': importing('SystemClock', '../system/system-clock.ts') },
  },
  {
    title: 'an adapter that knows a use case',
    rule: 'adapters-know-no-use-case',
    files: { 'src/adapters/memory/planted.ts': importing('ReadItem', '../../application/read-item.ts') },
  },
  {
    title: 'a port that knows DynamoDB',
    rule: 'cache-knows-no-dynamodb',
    files: {
      'src/ports/planted.ts':
        "import type { TableSpec } from '../domain/dynamodb/table-spec.ts';\nexport type Planted = TableSpec;\n",
    },
  },
  {
    title: 'the generic domain that knows DynamoDB',
    rule: 'cache-knows-no-dynamodb',
    files: {
      'src/domain/cache/planted.ts':
        "import type { TableSpec } from '../dynamodb/table-spec.ts';\nexport type Planted = TableSpec;\n",
    },
  },
  {
    title: 'the container outside bootstrap',
    rule: 'container-only-in-bootstrap',
    files: { 'src/adapters/memory/planted.ts': importing('Container', 'inversify') },
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
  it('passes on the sources as they are', () => {
    const { passed, output } = checkRings();

    expect(output).toContain('no dependency violations found');
    expect(passed).toBe(true);
  });

  describe('fails on', () => {
    let check: RingCheck;

    beforeAll(() => {
      check = checkRings(Object.assign({}, ...violations.map(({ files }, number) => planted(number, files))));
    }, 60_000);

    it.each(violations.map((each, number) => ({ ...each, number })))('$title', ({ rule, number }) => {
      const found = check.violations.filter((violation) => violation.includes(`planted-${number}`));

      expect(found).toEqual([expect.stringMatching(`^${rule}: src/.*planted`)]);
      expect(check.passed).toBe(false);
    });
  });
});
