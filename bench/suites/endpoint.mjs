import { cpuNs } from '../machine/usage.mjs';
import { quantile } from '../report/summary.mjs';
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

const ITEMS = 50;
const TABLE = tableOf(350, ITEMS);
const IDS = Array.from({ length: ITEMS }, (_, id) => String(id));
const WARM_UP_MS = 1500;
/** So short, and so many, that what else the machine does falls upon all contenders alike. */
const TURN_MS = 100;
const TURNS = 8;
const SOCKETS = { connections: 16, kept: true, awake: true, ms: 1000 };

/** What the endpoint for SDKs costs: to a function that asks by the SDK, and the server itself. */
export const endpoint = {
  name: 'endpoint',
  title: 'The endpoint for SDKs: GetItem of 350 B',
  metrics: {
    p50Us: 'p50, µs',
    p90Us: 'p90, µs',
    extraMs: 'p50 over the first, ms',
    cpuUs: 'processor time, µs',
    perSecond: 'per second',
    serverBusy: 'server busy',
  },

  async run({ rounds, layers }) {
    const running = [];
    const samples = [];
    const skipped = [];
    try {
      const { forwarded, hits, caller, generator, requests } = await startAll(running, skipped, layers);
      const servers = hits.filter(({ port }) => port !== undefined);
      for (const { job } of [...forwarded, ...hits]) await caller.ask({ ...job, ids: IDS, ms: WARM_UP_MS });
      for (const { port } of servers) await generator.ask({ ...SOCKETS, port, requests });
      for (let round = 0; round < rounds; round += 1) {
        const add = (title) => (contender, values) =>
          samples.push({ round, case: title, contender: contender.name, values });
        await askBySdk(forwarded, caller, add('consistent read, forwarded'));
        await askBySdk(hits, caller, add('hit'));
        for (const contender of rotated(servers, round)) {
          const values = await askBySockets(contender, generator, requests);
          add('hit, without an SDK, 16 connections')(contender, values);
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
  else skipped.push(`DynamoDB Local: ${local.unavailable}`);
  return { forwarded, hits, caller, generator, requests: requests.map(wireText) };
};

const addressOf = ({ port }) => `http://127.0.0.1:${port}`;

const jobAt = (endpoint, consistent) => ({ way: 'sdk', endpoint, table: TABLE, consistent });

/** What each takes more than the first is told by the turns in which both were asked, one right after the other. */
const askBySdk = async (contenders, caller, add) => {
  const turns = new Map(contenders.map((contender) => [contender, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const contender of rotated(contenders, turn)) {
      turns.get(contender).push(await askOneTurn(contender, caller));
    }
  }
  const first = turns.get(contenders[0]);
  for (const [contender, taken] of turns) {
    const values = {
      p50Us: medianOf(taken, (each) => each.p50Us),
      p90Us: medianOf(taken, (each) => each.p90Us),
    };
    if (taken !== first) {
      values.extraMs = medianOf(taken, ({ p50Us }, turn) => (p50Us - first[turn].p50Us) / 1000);
    }
    if (contender.child !== undefined) values.cpuUs = medianOf(taken, (each) => each.cpuUs);
    add(contender, values);
  }
};

const askOneTurn = async ({ child, job }, caller) => {
  const before = child && cpuNs(child.pid);
  const answer = await caller.ask({ ...job, ids: IDS, ms: TURN_MS });
  return child === undefined
    ? answer
    : { ...answer, cpuUs: (cpuNs(child.pid) - before) / 1000 / answer.count };
};

const medianOf = (taken, figure) => quantile(taken.map(figure), 0.5);

const askBySockets = async ({ child, port }, generator, requests) => {
  const before = cpuNs(child.pid);
  const { count, elapsedMs } = await generator.ask({ ...SOCKETS, port, requests });
  const serverNs = cpuNs(child.pid) - before;
  return {
    cpuUs: serverNs / 1000 / count,
    perSecond: (count / elapsedMs) * 1000,
    serverBusy: serverNs / 1e6 / elapsedMs,
  };
};
