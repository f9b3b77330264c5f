import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './arguments.mjs';
import { ensureInstalled } from './install.mjs';
import { CASES, caseOf, TABLE } from './trace/cases.mjs';

const { values, positionals } = readArguments({
  usage: `npm run trace -- [options] [case or request]
Prints the path of one request through the code: the source files in the order of their first entry, and for each the
time in it and how often it was entered. Without a case it counts the files of each standard case.
The extension runs outside Lambda, on an emulated DynamoDB, and answers over a connection that is already open.
  npm run trace -- hit
  npm run trace -- 'GET /dynamodb?name=${TABLE}@@p-1'
  npm run trace -- 'POST / GetItem {"TableName":"${TABLE}","Key":{"id":{"S":"p-1"}}}'
Cases: ${CASES.map(({ name }) => name).join(', ')}.
  --again     send the request once before it is traced: a second read is a hit
  --calls     print each function that was entered, in order
  --json      print the records as JSON
  -h, --help  print this`,
  options: { again: { type: 'boolean' }, calls: { type: 'boolean' }, json: { type: 'boolean' } },
  accepts: (words) => {
    if (words.length === 0) return undefined;
    try {
      caseOf(words.join(' '), false);
      return undefined;
    } catch (error) {
      return error.message;
    }
  },
});

await ensureInstalled();
const { withLock } = await import('./lock.mjs');
const { buildInstrumented, entryIn } = await import('./trace/build.mjs');
const { startDynamoDb } = await import('./trace/dynamodb.mjs');
const { pathOf, usualPath } = await import('./trace/path.mjs');
const { Program } = await import('./trace/program.mjs');
const { callsReport, pathReport, tableOfCases } = await import('./trace/report.mjs');

/** A new process for each case, so that none finds in memory what another has read. */
const traceOf = async ({ name, before, requests }, start) => {
  const program = await start();
  try {
    const client = await program.connect();
    for (const each of before) await client.send(each);
    const paths = [];
    for (const request of requests) {
      const { result, files, records } = await program.record(() => client.send(request));
      paths.push({ ...result, ...pathOf(files, records) });
    }
    client.close();
    return { name, runs: paths.length, ...usualPath(paths) };
  } finally {
    await program.close();
  }
};

const cases = positionals.length === 0 ? CASES : [caseOf(positionals.join(' '), values.again)];
const entry = entryIn(await withLock('trace', buildInstrumented));
const dynamoDb = await startDynamoDb();
const folder = mkdtempSync(join(tmpdir(), 'trace-'));
const traces = [];
try {
  const configPath = join(folder, 'cache.yaml');
  writeFileSync(configPath, `dynamodb: [{ table: ${TABLE}, hashKey: id, preload: none }]\n`);
  for (const each of cases) {
    traces.push(await traceOf(each, () => Program.start(entry, configPath, dynamoDb.url)));
  }
} finally {
  rmSync(folder, { recursive: true });
  await dynamoDb.close();
}

if (values.json) console.log(JSON.stringify(traces, undefined, 1));
else if (positionals.length === 0) console.log(tableOfCases(traces));
else console.log(traces.map(values.calls ? callsReport : pathReport).join('\n\n'));
