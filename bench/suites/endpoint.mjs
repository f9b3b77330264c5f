import { cpuNs } from '../machine/usage.mjs';
import { Extension } from '../subjects/extension.mjs';
import {
  startBareEndpoint,
  startCaller,
  startEmulatedDynamoDb,
  startGenerator,
  startScriptedDynamoDb,
} from '../subjects/programs.mjs';
import { tableOf } from '../subjects/sample-items.mjs';
import { recordSdkRequests, wireText } from '../subjects/sdk-requests.mjs';
import { rotated } from './rotated.mjs';
import { askInTurns } from './turns.mjs';

const ITEMS = 50;
const TABLE = tableOf(350, ITEMS);
const IDS = Array.from({ length: ITEMS }, (_, id) => String(id));
const WARM_UP_MS = 1500;
const SOCKETS = { connections: 16, kept: true, ms: 1000 };
const HIT = 'hit, without an SDK, 16 connections';
const FORWARDED = 'forwarded, without an SDK, 16 connections';

/** Measures the cost of the endpoint for SDKs, to a function that uses the SDK and to the server. */
export const endpoint = {
  name: 'endpoint',
  title: 'The endpoint for SDKs: GetItem of 350 B',
  metrics: {
    p50Us: 'p50, µs',
    p90Us: 'p90, µs',
    extraMs: 'added p50, ms',
    cpuUs: 'CPU time, µs',
    perSecond: 'per second',
    serverBusy: 'server busy',
  },

  async run({ rounds, layers }) {
    const running = [];
    const samples = [];
    const skipped = [];
    try {
      const { forwarded, hits, caller, generator } = await startAll(running, skipped, layers);
      const floods = await floodsOf(forwarded, hits);
      for (const { servers, job } of floods) {
        for (const { port } of servers) await generator.ask({ ...job, port, ms: WARM_UP_MS });
      }
      for (const { job } of [...forwarded, ...hits]) await caller.ask({ ...job, ids: IDS, ms: WARM_UP_MS });
      for (let round = 0; round < rounds; round += 1) {
        const add = (title) => (contender, values) =>
          samples.push({ round, case: title, contender: contender.name, values });
        await askInTurns(forwarded, caller, IDS, add('consistent read, forwarded'));
        await askInTurns(hits, caller, IDS, add('hit'));
        for (const { title, servers, job } of floods) {
          for (const server of rotated(servers, round)) {
            add(title)(server, await askBySockets(server, generator, job));
          }
        }
      }
    } finally {
      await Promise.all(running.map((child) => child.stop()));
    }
    return { samples, skipped };
  },
};

const startAll = async (running, skipped, layers) => {
  const caller = startCaller();
  const generator = startGenerator();
  const upstream = await startScriptedDynamoDb();
  running.push(caller, generator, upstream.child);
  const servers = [];
  for (const name of ['node', 'standalone']) {
    const how = await layers.commandOf(name);
    const child = await Extension.start({ ...how, endpoint: upstream.endpoint, tables: [TABLE] });
    running.push(child);
    servers.push({ name, child, port: child.port });
  }
  const requests = await recordSdkRequests(TABLE, IDS);
  const canned = await startBareEndpoint(servers[0].port, requests);
  running.push(canned.child);
  const forwarded = [{ name: 'SDK alone', job: jobAt(upstream.endpoint, true) }];
  for (const server of servers) forwarded.push({ ...server, job: jobAt(addressOf(server), true) });
  const hits = [{ name: 'F', ...canned }, ...servers].map((server) => ({
    ...server,
    job: jobAt(addressOf(server)),
  }));
  const local = await startEmulatedDynamoDb('dynamodb-local', TABLE);
  running.push(local.child);
  if (local.unavailable === undefined) hits.push({ name: 'DynamoDB Local', job: jobAt(local.endpoint) });
  else skipped.push({ contender: 'DynamoDB Local', reason: local.unavailable });
  return { forwarded, hits, caller, generator };
};

/** The jobs over raw sockets. The generator must sleep, or it would keep the source from its core. */
const floodsOf = async (forwarded, hits) => {
  const requests = await recordSdkRequests(TABLE, IDS);
  const consistent = await recordSdkRequests(TABLE, IDS, true);
  const serversAmong = (contenders) => contenders.filter(({ port }) => port !== undefined);
  return [
    {
      title: HIT,
      servers: serversAmong(hits),
      job: { ...SOCKETS, requests: requests.map(wireText), busyWait: true },
    },
    {
      title: FORWARDED,
      servers: serversAmong(forwarded),
      job: { ...SOCKETS, requests: consistent.map(wireText), busyWait: false },
    },
  ];
};

const addressOf = ({ port }) => `http://127.0.0.1:${port}`;

const jobAt = (endpoint, consistent) => ({ way: 'sdk', endpoint, table: TABLE, consistent });

const askBySockets = async ({ child, port }, generator, job) => {
  const before = cpuNs(child.pid);
  const { count, elapsedMs } = await generator.ask({ ...job, port });
  const serverNs = cpuNs(child.pid) - before;
  return {
    cpuUs: serverNs / 1000 / count,
    perSecond: (count / elapsedMs) * 1000,
    serverBusy: serverNs / 1e6 / elapsedMs,
  };
};
