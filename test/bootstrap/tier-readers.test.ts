import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../src/adapters/config/settings.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { prepareProgram } from '../../src/bootstrap/run-program.ts';
import { parseCoherence } from '../../src/domain/cache/coherence.ts';
import { FakeServer } from '../support/application/fake-server.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';
import { settingsOf } from '../support/settings.ts';

const ACCOUNT = '123456789012';

const settings = (given: Partial<Settings> = {}): Settings =>
  settingsOf({
    tables: [
      tableSpec({
        name: 'Products',
        hashKey: { name: 'pKey', type: 'S' },
        coherence: parseCoherence('invocation'),
      }),
    ],
    journal: { table: 'Journal', pages: 4 },
    tier: { host: 'localhost', port: 6379, hasTls: false, isCluster: false },
    functionName: 'orders',
    ...given,
  });

const { functionName: _, ...nameless } = settings();

const eventsIn = (account: string | undefined) => Object.assign(new FakeLifecycleEvents(), { account });

const spacesOf = (given: Settings, account: string | undefined) => {
  const program = createContainer(given, { lifecycleEvents: eventsIn(account), server: new FakeServer([]) });
  return program.get('groups').map((group) => group.sharedAs);
};

const warningsOf = async (given: Settings, account: string | undefined) => {
  const logger = new RecordingLogger();
  const server = new FakeServer([]);
  await prepareProgram(given, { server, compatible: new Map(), lifecycleEvents: eventsIn(account), logger });
  return logger.at('warn').map(({ message }) => message);
};

describe('what environments share in the second tier', () => {
  it.each<[string, Settings, string | undefined]>([
    ['the account', settings(), undefined],
    ['the name of the function', nameless, ACCOUNT],
  ])('is nothing without %s, and a warning says so', async (_, given, account) => {
    expect(spacesOf(given, account)).toEqual([undefined]);
    expect(await warningsOf(given, account)).toEqual([
      expect.stringMatching(/^the second tier is not used: .* remove CACHE_EXTENSION_TIER_URL$/),
    ]);
  });

  it('is shared without a warning in a function that is known', async () => {
    expect(spacesOf(settings(), ACCOUNT)).toEqual([expect.any(String)]);
    expect(await warningsOf(settings(), ACCOUNT)).toEqual([]);
  });

  it('differs by account, function, region, and table of the journal', () => {
    const spaces = [
      spacesOf(settings(), ACCOUNT),
      spacesOf(settings(), '210987654321'),
      spacesOf(settings({ functionName: 'others' }), ACCOUNT),
      spacesOf(settings({ region: 'us-east-1' }), ACCOUNT),
      spacesOf(settings({ journal: { table: 'Another', pages: 4 } }), ACCOUNT),
    ];

    expect(new Set(spaces.flat()).size).toBe(spaces.length);
  });
});

describe('the scope in which the writes of a table are announced', () => {
  const byArn = tableSpec({
    name: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/Products`,
    table: 'Products',
    account: ACCOUNT,
    region: 'eu-west-1',
    hashKey: { name: 'pKey', type: 'S' },
    coherence: parseCoherence('invocation'),
  });
  const scopesIn = (account: string | undefined) => {
    const given = settings({ tables: [...settings().tables, byArn], region: 'eu-west-1' });
    const program = createContainer(given, {
      lifecycleEvents: eventsIn(account),
      server: new FakeServer([]),
    });
    return program.get('groups').map(({ coherence }) => coherence?.scope);
  };

  it('is the same by name and by ARN if Lambda tells the account of the function', () => {
    expect(scopesIn(ACCOUNT)).toEqual(['eu-west-1/Products', 'eu-west-1/Products']);
  });

  it('has the account of an ARN if the own account is another one, or unknown', () => {
    const scopes = ['eu-west-1/Products', `${ACCOUNT}/eu-west-1/Products`];
    expect(scopesIn('210987654321')).toEqual(scopes);
    expect(scopesIn(undefined)).toEqual(scopes);
  });
});
