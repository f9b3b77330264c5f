import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { CredentialCache } from '../adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../adapters/aws/endpoint-resolver.ts';
import type { CommandReport } from '../adapters/command-line/command-line.ts';
import type { JournalAction } from '../adapters/command-line/command-specs.ts';
import { readEnvironment } from '../adapters/config/environment/environment.ts';
import { DynamoDbUpstream } from '../adapters/dynamodb/dynamodb-upstream.ts';
import { DynamoDbJournal } from '../adapters/dynamodb/journal/dynamodb-journal.ts';
import { JournalAdmin } from '../adapters/dynamodb/journal/journal-admin.ts';
import { JournalTable } from '../adapters/dynamodb/journal/journal-table.ts';
import { SystemClock, SystemRandom } from '../adapters/system/system.ts';

/** Carries out `journal`, with the endpoint, region and proxy of the extension's own settings. */
export const runJournal = async (
  action: JournalAction,
  given: string | undefined,
): Promise<CommandReport> => {
  const env = {
    ...process.env,
    AWS_LAMBDA_RUNTIME_API: undefined,
    CACHE_EXTENSION_JOURNAL_TABLE: given ?? process.env.CACHE_EXTENSION_JOURNAL_TABLE,
  };
  const { settings, problems } = readEnvironment(env);
  if (problems.length > 0) return { lines: [], problems };
  if (settings.journal === undefined) {
    const problem = 'no table is given; set CACHE_EXTENSION_JOURNAL_TABLE, or use --table';
    return { lines: [], problems: [problem] };
  }
  const { table, pages } = settings.journal;
  // On an old Node.js the SDK would write a warning between the lines.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { region, dynamoDbEndpoint: endpoint, proxy } = settings;
  const clock = new SystemClock();
  const endpoints = new EndpointResolver({ env, region, endpoint }, clock);
  const credentialCache = new CredentialCache((renewed) => endpoints.credentials(renewed), clock);
  const upstream = new DynamoDbUpstream({ credentialCache, endpoints, clock, region, proxy });
  const place = { table, upstream };
  const journal = new DynamoDbJournal({ ...place, pages, clock, random: new SystemRandom() });
  const admin = new JournalAdmin({ name: table, table: new JournalTable(place), journal, wait });
  try {
    const { needsTable, ...findings } = await admin[action]();
    return needsTable === true ? { ...findings, next: `journal create --table ${table}` } : findings;
  } finally {
    upstream.close();
  }
};
