import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { yesOrNo } from '../../src/adapters/config/cache-yaml/cache-yaml-values.ts';
import { checkCacheYaml } from '../../src/adapters/config/cache-yaml/check-cache-yaml.ts';
import { YamlSection } from '../../src/adapters/config/cache-yaml/yaml-section.ts';
import { loadSettings } from '../../src/adapters/config/load-settings.ts';
import type { Settings } from '../../src/adapters/config/settings.ts';
import { BadRequestError } from '../../src/adapters/http/items/item-query.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import type { SourceModule } from '../../src/bootstrap/modules/source-module.ts';
import { SOURCES } from '../../src/bootstrap/modules/sources.ts';
import { type Address, EntryKey } from '../../src/domain/cache/cache-entry.ts';
import { TtlPolicy } from '../../src/domain/cache/ttl-policy.ts';
import type { Clock } from '../../src/ports/outbound/clock.ts';
import type { ItemSource, ReadOptions, SourceAnswer } from '../../src/ports/outbound/item-source.ts';
import { LIFETIMES } from '../support/application/create-application.ts';
import { settingsOf } from '../support/settings.ts';

// The steps of docs/maintainers/architecture.md, "Add a source", with a source of greetings. What a step adds lies in one place here.

const GROUP = 'greetings';
const TEXT = 'text/plain; charset=utf-8';

// Step 1, a room in domain: how entries are named.
const parseAddress = (query: ReadonlyMap<string, string>): Address => {
  const name = query.get('name');
  if (name === undefined || name === '')
    throw new BadRequestError('malformed_name', 'state a name: /greetings?name=Ada');
  return { group: GROUP, key: new EntryKey(GROUP, name) };
};

// Step 2, a room in adapters: the source.
class GreetingSource implements ItemSource {
  reads = 0;
  readonly #clock: Clock;
  readonly #words: string;

  constructor(clock: Clock, words: string) {
    this.#clock = clock;
    this.#words = words;
  }

  async read(key: EntryKey, { contentTypes }: ReadOptions): Promise<SourceAnswer> {
    this.reads += 1;
    const bytes = new TextEncoder().encode(`${this.#words}, ${key.id}!`);
    return {
      key,
      askedAt: this.#clock.now(),
      bodies: contentTypes.map((contentType) => ({ contentType, bytes })),
    };
  }
}

// Step 3, its section of cache.yaml.
const section = new YamlSection(
  'greetings',
  v.strictObject(
    {
      words: v.pipe(v.string('text'), v.nonEmpty('text that is not empty')),
      louder: v.exactOptional(yesOrNo('Whether greetings are in upper case.', false)),
    },
    'a mapping with words, and louder if need be',
  ),
);

const wordsIn = (settings: Settings): string => {
  const { words = 'Hello', louder = false } = section.valueIn(settings) ?? {};
  return louder ? words.toUpperCase() : words;
};

// Steps 4 and 5, a module in bootstrap, and the line that names it.
const withGreetings = (others = SOURCES, settings = settingsOf()) => {
  let source: GreetingSource | undefined;
  const greetings: SourceModule = {
    modules: [],
    groups: (program) => {
      source = new GreetingSource(program.get('clock'), wordsIn(program.get('settings')));
      const limits = { maxReads: 2, timeoutMs: 500 };
      return [{ name: GROUP, policy: new TtlPolicy(LIFETIMES), contentTypes: [TEXT], source, limits }];
    },
    routes: () => [
      {
        path: '/greetings',
        addresses: { parameters: ['name'], parse: parseAddress },
        defaultContentType: TEXT,
      },
    ],
  };
  const program = createContainer(settings, {}, [...others, greetings]);
  const ask = async (target: string, method = 'GET') => {
    const request = new Request(`http://localhost:4000${target}`, {
      method,
      headers: { host: 'localhost:4000' },
    });
    return program.get('requestHandler')(request, { overLimit: false });
  };
  return { program, ask, reads: () => source?.reads };
};

describe('a source that is added in five steps', () => {
  it('answers a miss from the source, and a hit from the store', async () => {
    const { ask, reads } = withGreetings();
    const miss = await ask('/greetings?name=Ada');
    const hit = await ask('/greetings?name=Ada');

    expect(await miss.text()).toBe('Hello, Ada!');
    expect(miss.headers.get('cache-status')).toBe('dynamodb-cache; fwd=uri-miss; fwd-status=200; stored');
    expect(await hit.text()).toBe('Hello, Ada!');
    expect(hit.headers.get('cache-status')).toMatch(/^dynamodb-cache; hit; ttl=/);
    expect(reads()).toBe(1);
  });

  it('has conditional requests, invalidation and errors without code of its own', async () => {
    const { ask, reads } = withGreetings();
    const first = await ask('/greetings?name=Ada');
    expect(first.headers.get('etag')).toMatch(/^"/);

    expect((await ask('/greetings?name=Ada', 'DELETE')).status).toBe(204);
    await ask('/greetings?name=Ada');
    expect(reads()).toBe(2);

    const unnamed = await ask('/greetings');
    expect([unnamed.status, await unnamed.json()]).toMatchObject([400, { code: 'malformed_name' }]);
  });

  it('serves alone as well, without an endpoint for SDKs', async () => {
    const { ask } = withGreetings([]);

    expect(await (await ask('/greetings?name=Ada')).text()).toBe('Hello, Ada!');
    expect((await ask('/dynamodb?name=x')).status).toBe(404);
    expect((await ask('/', 'POST')).status).toBe(404);
  });

  it('leaves the other sources as they are', async () => {
    const { ask, program } = withGreetings();

    expect(program.get('groups').map(({ name }) => name)).toContain(GROUP);
    expect(program.get('routes').map(({ path }) => path)).toEqual(['/dynamodb', '/greetings']);
    expect((await ask('/dynamodb?name=')).status).toBe(400);
    expect((await ask('/health')).status).toBe(200);
  });
});

const TABLES = 'dynamodb: [{ table: Products, hashKey: pKey }]\n';

const settingsFrom = async (text: string): Promise<Settings> => {
  const directory = await mkdtemp(join(tmpdir(), 'add-a-source-'));
  try {
    await writeFile(join(directory, 'cache.yaml'), text);
    return await loadSettings({ AWS_REGION: 'eu-west-1' }, directory, [section]);
  } finally {
    await rm(directory, { recursive: true });
  }
};

describe('the section of an added source in cache.yaml', () => {
  it('gives the source its settings', async () => {
    const settings = await settingsFrom(`${TABLES}Greetings: { words: Salut, louder: true }\n`);
    const { ask } = withGreetings(SOURCES, settings);

    expect(await (await ask('/greetings?name=Ada')).text()).toBe('SALUT, Ada!');
  });

  it('may be omitted or empty', async () => {
    for (const text of [TABLES, `${TABLES}greetings:\n`]) {
      const { ask } = withGreetings(SOURCES, await settingsFrom(text));
      expect(await (await ask('/greetings?name=Ada')).text()).toBe('Hello, Ada!');
    }
  });

  it.each([
    [
      'a wrong value',
      'greetings: { words: "" }',
      '2:21: greetings.words is empty; allowed: text that is not empty',
    ],
    [
      'an unknown name',
      'greetings: { word: Hi }',
      '2:14: greetings.word is unknown; did you mean words? allowed: words, louder',
    ],
    [
      'another type',
      'greetings: Hi',
      '2:12: greetings is "Hi"; allowed: a mapping with words, and louder if need be',
    ],
    [
      'an unknown section',
      'greeting: Hi',
      '2:1: greeting is not a supported section; did you mean greetings? allowed: dynamodb, greetings',
    ],
  ])('is checked: %s', (_, text, problem) => {
    expect(checkCacheYaml(TABLES + text, { sections: [section] }).problems).toContain(
      `cache.yaml:${problem}`,
    );
  });

  it('has no effect on the problems of tables', () => {
    const text = 'greetings: [{ keys: 1 }]\ndynamodb: [{ table: Products, hashKey: pKey, preload: keys }]\n';
    const { problems } = checkCacheYaml(text, { sections: [section] });

    expect(problems.at(-1)).toContain('preload is "keys", but no keys are listed');
  });

  it('is unknown without its source', () => {
    const { problems } = checkCacheYaml(`${TABLES}greetings: { words: Hi }\n`);

    expect(problems).toEqual(['cache.yaml:2:1: greetings is not a supported section; allowed: dynamodb']);
  });
});
