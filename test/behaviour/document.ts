import { FAULT_WORDS } from './fault-words.ts';
import { HELD_BACK } from './held-back.ts';
import { inBrief } from './in-brief.ts';
import { markdownTable } from './markdown.ts';
import { TABLE } from './table.ts';
import {
  keysOf,
  LIFETIMES,
  MEMORIES,
  type Memory,
  OBSTACLES,
  type Obstacle,
  OUTCOMES,
  type Row,
  TIMEOUT_MS,
  WISHES,
} from './vocabulary.ts';

const ANSWER_COLUMNS = [
  'answer',
  '`Cache-Status: dynamodb-cache; …`',
  '`Age`',
  'DynamoDB is asked',
  'memory keeps',
];

const seconds = (ms: number): string => `${ms / 1_000} s`;

const among = (named: readonly string[], all: readonly string[], whatever: string): string =>
  named.length === all.length ? whatever : named.join(', ');

const wishesOf = ({ wishes }: Row<string>): string =>
  among(
    wishes.map((wish) => (wish === 'nothing' ? wish : `\`${wish}\``)),
    keysOf(WISHES),
    'whatever',
  );

const ASKED = { before: 'yes, and waited for', behind: 'yes, behind', no: 'no' };

const answerCells = ({ answer, asked, kept }: Row<string>): readonly string[] => [
  inBrief(answer),
  answer.cacheStatus === undefined ? '' : `\`${answer.cacheStatus}\``,
  answer.ageSeconds === undefined ? '' : String(answer.ageSeconds),
  ASKED[asked],
  kept,
];

const restOf = ({ restMs = 0 }: Row<string>): string =>
  restMs === 0 ? 'by the next request' : `after ${seconds(restMs)}`;

const byMemory = (memory: Memory): string =>
  [
    `### Memory has ${memory}`,
    markdownTable(
      ['request says', 'DynamoDB comes up with', ...ANSWER_COLUMNS, 'asked again'],
      TABLE.filter(({ memories }) => memories.includes(memory)).map((row) => [
        wishesOf(row),
        among(row.situations, keysOf(OUTCOMES), 'whatever'),
        ...answerCells(row),
        restOf(row),
      ]),
    ),
  ].join('\n\n');

const byObstacle = (obstacle: Obstacle): string =>
  [
    `### ${obstacle.charAt(0).toUpperCase()}${obstacle.slice(1)}`,
    markdownTable(
      ['memory has', 'request says', ...ANSWER_COLUMNS],
      HELD_BACK.filter(({ situations }) => situations.includes(obstacle)).map((row) => [
        row.memories.join(', '),
        wishesOf(row),
        ...answerCells(row),
      ]),
    ),
  ].join('\n\n');

const faults = keysOf(OUTCOMES).flatMap((outcome) =>
  OUTCOMES[outcome].map((fault) => [outcome, FAULT_WORDS[fault], `\`${fault}\``]),
);

const states = keysOf(MEMORIES).map((memory) => [
  memory,
  MEMORIES[memory].content === 'nothing' ? '' : seconds(MEMORIES[memory].ageMs),
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

What is answered, what is kept and when DynamoDB is asked, for everything that memory may have, a request may say and
DynamoDB may come up with. The tables are made from the ones in \`test/behaviour\`, and every combination in them is a
test: there is exactly one answer to each.

They hold for these settings, and for entries of these ages:

${markdownTable(['setting', 'value'], settings)}

${markdownTable(['memory has', 'age'], states)}

- _Request says_ is its \`Cache-Control\`. \`max-age=30\` allows what is fresh here, \`max-age=5\` does not.
- _Old_ is the item that memory had, with its old age; _new_ the one that DynamoDB has now.
- _Asked again_ is when a plain request makes DynamoDB be asked next, counted from the answer. Where Lambda does not tell
  of invocations, an item in use is also read again behind in the last tenth of its \`ttl\`, with \`staleWhileRevalidate\`.
- Who shares another reader's read gets the same answer, with \`collapsed\` in \`Cache-Status\`.
- \`HEAD\` is answered like \`GET\`, without the body; a matching \`If-None-Match\` turns 200 into 304.

## What may come of asking

Each of these is made on the wire by the proxy in \`test/support/faults\`, under the name in the last column.

${markdownTable(['DynamoDB comes up with', 'on the wire', 'fault'], faults)}

A connection that has served before and turns out to be dead is no failure yet: the read is tried once more on a new
one. A page of a proxy, half an answer or a compressed one never gets into memory, and is never taken for "not found".

## By what memory has

${keysOf(MEMORIES).map(byMemory).join('\n\n')}

## Where readers are kept from DynamoDB

A key that was throttled is not asked for again for a second ([why](decisions/0011-throttling.md)), nor is one that
could not be read, as long as memory can stand in. After three time-outs or lost connections in a row a table is out of
reach: one probe a second goes to it, behind the readers ([why](decisions/0006-probes-go-behind.md)). With the first
answer the table is back in reach, and reads that were asked before and still hang are given up, and asked again for
whoever waits. In the tables below DynamoDB has the new item again, if it is asked.

${OBSTACLES.map(byObstacle).join('\n\n')}
`;
