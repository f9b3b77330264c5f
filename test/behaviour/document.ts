import { FAULT_WORDS } from './fault-words.ts';
import { HELD_BACK } from './held-back.ts';
import { inBrief } from './in-brief.ts';
import { markdownTable } from './markdown.ts';
import { TABLE } from './table.ts';
import {
  CACHE_STATES,
  type CacheState,
  DIRECTIVES,
  keysOf,
  LIFETIMES,
  OBSTACLES,
  type Obstacle,
  OUTCOMES,
  type Row,
  TIMEOUT_MS,
} from './vocabulary.ts';

const ANSWER_COLUMNS = [
  'answer',
  '`Cache-Status: dynamodb-cache; …`',
  '`Age`',
  'read from DynamoDB',
  'cache keeps',
];

const seconds = (ms: number): string => `${ms / 1_000} s`;

const among = (named: readonly string[], all: readonly string[]): string =>
  named.length === all.length ? 'any' : named.join(', ');

const directivesOf = ({ directives }: Row<string>): string =>
  among(
    directives.map((directive) => (directive === 'no directive' ? directive : `\`${directive}\``)),
    keysOf(DIRECTIVES),
  );

const ASKED = { before: 'before the answer', behind: 'in the background', no: 'no' };

const answerCells = ({ answer, asked, kept }: Row<string>): readonly string[] => [
  inBrief(answer),
  answer.cacheStatus === undefined ? '' : `\`${answer.cacheStatus}\``,
  answer.ageSeconds === undefined ? '' : String(answer.ageSeconds),
  ASKED[asked],
  kept,
];

const restOf = ({ restMs = 0 }: Row<string>): string =>
  restMs === 0 ? 'on the next request' : `after ${seconds(restMs)}`;

const byCacheState = (cacheState: CacheState): string =>
  [
    `### The cache holds ${cacheState}`,
    markdownTable(
      ['request', 'DynamoDB returns', ...ANSWER_COLUMNS, 'next read'],
      TABLE.filter(({ cacheStates }) => cacheStates.includes(cacheState)).map((row) => [
        directivesOf(row),
        among(row.situations, keysOf(OUTCOMES)),
        ...answerCells(row),
        restOf(row),
      ]),
    ),
  ].join('\n\n');

const byObstacle = (obstacle: Obstacle): string =>
  [
    `### ${obstacle.charAt(0).toUpperCase()}${obstacle.slice(1)}`,
    markdownTable(
      ['cache holds', 'request', ...ANSWER_COLUMNS],
      HELD_BACK.filter(({ situations }) => situations.includes(obstacle)).map((row) => [
        row.cacheStates.join(', '),
        directivesOf(row),
        ...answerCells(row),
      ]),
    ),
  ].join('\n\n');

const faults = keysOf(OUTCOMES).flatMap((outcome) =>
  OUTCOMES[outcome].map((fault) => [outcome, FAULT_WORDS[fault], `\`${fault}\``]),
);

const states = keysOf(CACHE_STATES).map((cacheState) => [
  cacheState,
  CACHE_STATES[cacheState].content === 'nothing' ? '' : seconds(CACHE_STATES[cacheState].ageMs),
]);

const settings = [
  ['`ttl`', seconds(LIFETIMES.ttlMs)],
  ['`negativeTtl`', seconds(LIFETIMES.negativeTtlMs)],
  ['`staleWhileRevalidate`', seconds(LIFETIMES.staleWhileRevalidateMs)],
  ['`staleIfError`', seconds(LIFETIMES.staleIfErrorMs)],
  ['time-out of a read', seconds(TIMEOUT_MS)],
];

/** `docs/behaviour.md`. */
export const behaviourDocument = (): string => `# Behaviour

<!-- Written by \`npm run behaviour\` from test/behaviour: change the tables there. -->

This page lists the answer, the cached entry and the reads from DynamoDB for every combination of cache entry, request and
result of DynamoDB. It is generated from the tables in \`test/behaviour\`. Every combination has exactly one answer and is a test.

The tables use these settings, and entries of these ages:

${markdownTable(['setting', 'value'], settings)}

${markdownTable(['cache holds', 'age'], states)}

- _Request_ is the \`Cache-Control\` of the request. \`max-age=30\` accepts the fresh entry, \`max-age=5\` does not.
- _Old item_ is the cached item, with its old age. _New item_ is the item that DynamoDB has now.
- _Next read_ is the time from the answer until a plain request causes the next read from DynamoDB. If Lambda does not report
  invocations, a background refresh also reads items in use in the last tenth of their \`ttl\`, with \`staleWhileRevalidate\`.
- A request that shares the read of another request gets the same answer, with \`collapsed\` in \`Cache-Status\`.
- \`HEAD\` gets the answer of \`GET\` without the body. A matching \`If-None-Match\` turns 200 into 304.

## Results of DynamoDB

The proxy in \`test/support/faults\` produces each fault on the wire.

${markdownTable(['DynamoDB returns', 'on the wire', 'fault'], faults)}

A reused connection that turns out to be dead is not a failure: the extension retries the read once on a new connection. HTML
pages, partial answers and compressed answers are never cached, and never count as "not found".

## Answers by cache entry

${keysOf(CACHE_STATES).map(byCacheState).join('\n\n')}

## Answers while reads are blocked

- **Throttling.** A throttled key is not read again for one second ([decision 11](maintainers/decisions/0011-throttling.md)).
- **Failed read.** A key whose read failed is not read again for one second, if the cache can serve it.
- **Circuit breaker.** After three consecutive time-outs or lost connections, the circuit breaker of the table opens. One
  background probe a second then reads from the table ([decision 6](maintainers/decisions/0006-probes-go-behind.md)). The first answer closes
  the circuit breaker. Older reads that are still pending are aborted, and retried for the requests that wait for them.

In these tables DynamoDB returns the new item again, if it is read.

${OBSTACLES.map(byObstacle).join('\n\n')}
`;
