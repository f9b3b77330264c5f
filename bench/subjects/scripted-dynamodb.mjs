import { createServer } from 'node:http';
import { contentsOf, typedJson } from './sample-items.mjs';
import { journalPages } from './sample-journal.mjs';

/*
 * A DynamoDB that generates the requested tables (see sample-items.mjs) and delays its responses by configured times:
 * node scripted-dynamodb.mjs '{"pageMs":60,"itemMs":0,"queryMs":5}'. Its own cost is negligible.
 */
const { pageMs = 0, itemMs = 0, queryMs = 0 } = JSON.parse(process.argv[2] ?? '{}');

/** DynamoDB ends a page at one megabyte. */
const PAGE_BYTES = 1_048_576;

const getItem = ({ TableName, Key }) => {
  const { bytes, count } = contentsOf(TableName);
  const id = Key.id.S;
  return Number(id) < count ? `{"Item":${typedJson(id, bytes)}}` : '{}';
};

const batchGetItem = ({ RequestItems }) => {
  const [[table, { Keys }]] = Object.entries(RequestItems);
  const items = Keys.map(({ id }) => typedJson(id.S, contentsOf(table).bytes));
  return `{"Responses":{"${table}":[${items.join(',')}]},"UnprocessedKeys":{}}`;
};

const pages = new Map();

const scan = ({ TableName, Segment = 0, TotalSegments = 1, ExclusiveStartKey, Limit = Infinity }) => {
  const { bytes, count } = contentsOf(TableName);
  const first = Math.floor((count * Segment) / TotalSegments);
  const end = Math.floor((count * (Segment + 1)) / TotalSegments);
  const from = ExclusiveStartKey === undefined ? first : Number(ExclusiveStartKey.id.S) + 1;
  const to = Math.min(end, from + Math.min(Limit, Math.max(1, Math.floor(PAGE_BYTES / bytes))));
  const place = `${TableName} ${from} ${to} ${Limit}`;
  // Pages of small tables are cached, so generating them takes no time from the measured process.
  if (count <= 100_000 && pages.has(place)) return pages.get(place);
  const items = [];
  for (let id = from; id < to; id += 1) items.push(typedJson(String(id), bytes));
  // A page that ends at its limit has a LastEvaluatedKey, even if no items follow.
  const last = to < end || items.length === Limit ? `,"LastEvaluatedKey":{"id":{"S":"${to - 1}"}}` : '';
  const page = Buffer.from(
    `{"Count":${items.length},"Items":[${items.join(',')}]${last},"ScannedCount":${items.length}}`,
  );
  if (count <= 100_000) pages.set(place, page);
  return page;
};

const OPERATIONS = {
  GetItem: { answer: getItem, ms: itemMs },
  BatchGetItem: { answer: batchGetItem, ms: itemMs },
  Scan: { answer: scan, ms: pageMs },
  Query: { answer: journalPages, ms: queryMs },
};

const server = createServer((request, response) => {
  const at = performance.now();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { answer, ms } = OPERATIONS[request.headers['x-amz-target'].split('.')[1]];
    const body = answer(JSON.parse(Buffer.concat(chunks)));
    const send = () =>
      response
        .writeHead(200, {
          'content-type': 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(body),
        })
        .end(body);
    const leftMs = at + ms - performance.now();
    if (leftMs > 0) setTimeout(send, leftMs);
    else send();
  });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
