import { cpuNs } from '../machine/usage.mjs';
import { Extension } from '../subjects/extension.mjs';
import { startBare, startGenerator, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

const ITEMS = 200;
const WARM_UP_MS = 1500;
const PHASE_MS = 1000;

/** The phases of each round: item size, number of connections, and whether connections are kept. */
const PHASES = [
  { bytes: 350, connections: 1, kept: true },
  { bytes: 350, connections: 16, kept: true },
  { bytes: 350, connections: 64, kept: true },
  { bytes: 350, connections: 1, kept: false },
  { bytes: 350, connections: 16, kept: false },
  ...[100, 1_000, 10_000, 100_000].map((bytes) => ({ bytes, connections: 16, kept: true })),
];

const SIZES = [...new Set(PHASES.map(({ bytes }) => bytes))];

const titleOf = ({ bytes, connections, kept }) =>
  `${bytes} B, ${connections} ${kept ? 'kept' : 'new'} connection${connections === 1 ? '' : 's'}`;

const targetsOf = (bytes) => Array.from({ length: ITEMS }, (_, id) => targetOf(tableOf(bytes, ITEMS), id));

/** Measures hits: processor time, throughput and latency. */
export const hit = {
  name: 'hit',
  title: 'Hits',
  metrics: {
    cpuUs: 'CPU time, µs',
    perSecond: 'per second',
    p50Us: 'p50, µs',
    p99Us: 'p99, µs',
    serverBusy: 'server busy',
    generatorBusy: 'generator busy',
  },

  async run({ rounds, layers }) {
    const upstream = await startScriptedDynamoDb();
    const generator = startGenerator();
    const contenders = [];
    const samples = [];
    try {
      await startContenders(contenders, layers, upstream.endpoint);
      await warmUp(contenders, generator);
      for (let round = 0; round < rounds; round += 1) {
        for (const phase of PHASES) {
          for (const contender of rotated(contenders, round)) {
            const values = await measure(contender, generator, phase);
            samples.push({ round, case: titleOf(phase), contender: contender.name, values });
          }
        }
      }
    } finally {
      await Promise.all([...contenders, { child: generator }, upstream].map(({ child }) => child.stop()));
    }
    return { samples };
  },
};

const startContenders = async (contenders, layers, endpoint) => {
  const tables = SIZES.map((bytes) => tableOf(bytes, ITEMS));
  for (const name of ['node', 'standalone']) {
    const child = await Extension.start({
      ...(await layers.commandOf(name)),
      endpoint,
      tables,
      settings: { CACHE_EXTENSION_MAX_BYTES: '268435456' },
    });
    contenders.push({ name, child, port: child.port });
  }
  const targets = SIZES.flatMap(targetsOf);
  // The bare servers must record hits.
  for (const { port } of contenders) await fillBy(port, targets);
  contenders.push({ name: 'F', ...(await startBare('bare-http', contenders[0].port, targets)) });
  const best = await startBare('bare-http', contenders[0].port, targets, { keepsTick: true });
  contenders.push({ name: 'F, tick kept', ...best });
  contenders.push({ name: 'T', ...(await startBare('bare-tcp', contenders[0].port, targets)) });
};

const fillBy = async (port, targets) => {
  for (const target of targets) await (await fetch(`http://127.0.0.1:${port}${target}`)).arrayBuffer();
};

const warmUp = async (contenders, generator) => {
  for (const { port } of contenders) {
    for (const kept of [true, false]) {
      await generator.ask({
        port,
        targets: targetsOf(350),
        connections: 16,
        ms: WARM_UP_MS,
        kept,
        busyWait: true,
      });
    }
  }
};

const measure = async ({ child, port }, generator, { bytes, connections, kept }) => {
  const before = [cpuNs(child.pid), cpuNs(generator.pid)];
  // Waking a sleeping generator costs a server as much as a small response, and happens at random. With several connections
  // the generator does not sleep. With one, the round trip is measured.
  const busyWait = connections > 1;
  const targets = targetsOf(bytes);
  const answer = await generator.ask({ port, targets, connections, ms: PHASE_MS, kept, busyWait });
  const serverNs = cpuNs(child.pid) - before[0];
  const generatorNs = cpuNs(generator.pid) - before[1];
  return {
    cpuUs: serverNs / 1000 / answer.count,
    perSecond: (answer.count / answer.elapsedMs) * 1000,
    p50Us: answer.p50Us,
    p99Us: answer.p99Us,
    serverBusy: serverNs / 1e6 / answer.elapsedMs,
    generatorBusy: generatorNs / 1e6 / answer.elapsedMs,
  };
};
