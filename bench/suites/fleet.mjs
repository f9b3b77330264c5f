import { cpuNs } from '../machine/usage.mjs';
import { quantile } from '../report/summary.mjs';
import { Extension } from '../subjects/extension.mjs';
import { InvokingApi } from '../subjects/invoking-api.mjs';
import { startCaller, startGenerator, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

const ITEMS = 200;
const TABLE = tableOf(350, ITEMS);
const TARGETS = Array.from({ length: ITEMS }, (_, id) => targetOf(TABLE, id));
const LAYERS = ['node', 'standalone'];
const MODES = ['ttl', 'invocation'];
const WARM_UP_MS = 1500;
/** Many short turns spread the machine's other load evenly over the contenders. */
const TURNS = 12;
const TURN_MS = 200;
const INVOCATIONS = 40;
/** How long DynamoDB takes for a check. */
const ROUND_TRIP_MS = 5;

/** Compares `coherence: invocation` with `ttl` of the same layer: hits after the check, and the first read of an invocation. */
export const fleet = {
  name: 'fleet',
  title: `Coherence: hits of 350 B, and a journal that answers in ${ROUND_TRIP_MS} ms`,
  metrics: {
    cpuUs: 'CPU time, µs',
    p50Us: 'p50, µs',
    p90Us: 'p90, µs',
    roundTrips: 'added round trips',
  },

  async run({ rounds, layers }) {
    const running = [];
    const samples = [];
    try {
      const upstream = await startScriptedDynamoDb({ queryMs: ROUND_TRIP_MS });
      const [generator, caller] = [startGenerator(), startCaller()];
      running.push(upstream.child, generator, caller);
      const contenders = await startContenders(layers, upstream.endpoint, running);
      for (const contender of contenders) await warmUp(contender, generator);
      for (let round = 0; round < rounds; round += 1) {
        const add = (title) => (contender, values) =>
          samples.push({ round, case: title, contender: contender.name, values });
        await measureHits(contenders, generator, add('hits after the check, 16 connections'));
        const roundTripUs = await measureRoundTrip(caller, upstream.endpoint);
        const addFirst = add('first read of an invocation');
        addFirst({ name: 'journal itself' }, { p50Us: roundTripUs });
        await measureFirstReads(rotated(contenders, round), caller, roundTripUs, addFirst);
      }
    } finally {
      await Promise.all(running.map((each) => each.stop()));
    }
    return { samples };
  },
};

const startContenders = async (layers, endpoint, running) => {
  const contenders = [];
  for (const layer of LAYERS) {
    for (const mode of MODES) {
      const api = new InvokingApi();
      await api.listen();
      running.push(api);
      const child = await Extension.start({
        ...(await layers.commandOf(layer)),
        endpoint,
        cacheYaml: `dynamodb:\n  - { table: ${TABLE}, hashKey: id, coherence: ${mode} }\n`,
        settings: { AWS_LAMBDA_RUNTIME_API: api.address, CACHE_EXTENSION_JOURNAL_TABLE: 'Journal' },
      });
      running.push(child);
      contenders.push({ name: `${layer}, ${mode}`, layer, mode, child, api });
    }
  }
  return contenders;
};

const warmUp = async ({ api, child: { port } }, generator) => {
  await api.invoke();
  await generator.ask({ port, targets: TARGETS, connections: 16, kept: true, each: true });
  await generator.ask({ port, targets: TARGETS, connections: 16, kept: true, ms: WARM_UP_MS });
};

/** Each turn has an invocation of its own, whose check is over before the hits are counted. */
const measureHits = async (contenders, generator, add) => {
  const taken = new Map(contenders.map((contender) => [contender, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const contender of rotated(contenders, turn)) {
      const { api, child } = contender;
      const job = { port: child.port, targets: TARGETS, connections: 16, kept: true, busyWait: true };
      await api.invoke();
      await generator.ask({ ...job, each: true });
      const before = cpuNs(child.pid);
      const { count, p50Us, p90Us } = await generator.ask({ ...job, ms: TURN_MS });
      taken.get(contender).push({ cpuUs: (cpuNs(child.pid) - before) / 1000 / count, p50Us, p90Us });
    }
  }
  for (const [contender, values] of taken) {
    const median = (metric) =>
      quantile(
        values.map((each) => each[metric]),
        0.5,
      );
    add(contender, { cpuUs: median('cpuUs'), p50Us: median('p50Us'), p90Us: median('p90Us') });
  }
};

/** What a request to the journal takes for a client that does nothing else: its delay, rounded up by a timer, and the way. */
const measureRoundTrip = async (caller, endpoint) => {
  const scopes = Array.from({ length: INVOCATIONS }, () => TABLE);
  return (await caller.ask({ way: 'journal', endpoint, ids: scopes })).p50Us;
};

/** The read is sent as soon as the event is. */
const measureFirstReads = async (contenders, caller, roundTripUs, add) => {
  const medians = new Map();
  for (const contender of contenders) {
    const { api, child } = contender;
    const job = { way: 'node:http', port: child.port, table: TABLE, ids: ['7'] };
    const times = [];
    await api.invoke();
    await caller.ask(job);
    const before = cpuNs(child.pid);
    for (let invocation = 0; invocation < INVOCATIONS; invocation += 1) {
      await api.invoke();
      times.push((await caller.ask(job)).p50Us);
    }
    const cpuUs = (cpuNs(child.pid) - before) / 1000 / INVOCATIONS;
    medians.set(contender, { cpuUs, p50Us: quantile(times, 0.5), p90Us: quantile(times, 0.9) });
  }
  for (const [contender, values] of medians) {
    const { layer, mode } = contender;
    const ttl = [...medians].find(([other]) => other.layer === layer && other.mode === 'ttl')?.[1];
    const roundTrips = (values.p50Us - ttl.p50Us) / roundTripUs;
    add(contender, mode === 'ttl' ? values : { ...values, roundTrips });
  }
};
