import { CORES } from '../machine/cores.mjs';
import { cpuNs } from '../machine/usage.mjs';
import { Extension } from '../subjects/extension.mjs';
import { startBare, startBareGo, startGenerator, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { Rival } from '../subjects/rival.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

const ITEMS = 200;
const WARM_UP_MS = 1500;
const PHASE_MS = 1000;

/**
 * The phases of each round: item size, number of connections, whether connections are kept, and the client. A busy client never
 * sleeps: waking a sleeping client costs a server as much as a small response, and whether it sleeps depends on chance. A
 * sleeping client waits in `epoll`, as a function does.
 */
const PHASES = [
  { bytes: 350, connections: 1, kept: true, client: 'busy' },
  { bytes: 350, connections: 1, kept: true, client: 'sleeping' },
  { bytes: 350, connections: 16, kept: true, client: 'busy' },
  { bytes: 350, connections: 16, kept: true, client: 'sleeping' },
  { bytes: 350, connections: 16, kept: true, client: 'sleeping', twoCores: true },
  { bytes: 350, connections: 64, kept: true, client: 'busy' },
  { bytes: 350, connections: 1, kept: false, client: 'busy' },
  { bytes: 350, connections: 16, kept: false, client: 'busy' },
  ...[100, 10_000, 100_000].map((bytes) => ({ bytes, connections: 16, kept: true, client: 'busy' })),
];

const SIZES = [...new Set(PHASES.map(({ bytes }) => bytes))];

const titleOf = ({ bytes, connections, kept, client, twoCores }) =>
  `${bytes} B, ${connections} ${kept ? 'kept' : 'new'} connection${connections === 1 ? '' : 's'}, ${client} client${twoCores ? ', two cores' : ''}`;

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

  async run({ rounds, layers, rival }) {
    const upstream = await startScriptedDynamoDb();
    const generator = startGenerator();
    const running = [generator, upstream.child];
    const samples = [];
    const skipped = [];
    try {
      const start = (core) =>
        startContenders({ running, skipped, layers, endpoint: upstream.endpoint, core });
      const onOne = await start(CORES.measured);
      const onTwo = await start(CORES.measuredTwo);
      if (rival !== undefined) onOne.push(await startRival(rival, running, upstream.endpoint));
      for (const contender of [...onOne, ...onTwo]) await warmUp(contender, generator);
      for (let round = 0; round < rounds; round += 1) {
        for (const phase of PHASES) {
          const contenders = (phase.twoCores ? onTwo : onOne).filter(
            ({ maxBytes }) => phase.bytes <= (maxBytes ?? Infinity),
          );
          for (const contender of rotated(contenders, round)) {
            const values = await measure(contender, generator, phase);
            samples.push({ round, case: titleOf(phase), contender: contender.name, values });
          }
        }
      }
    } finally {
      await Promise.all(running.map((child) => child.stop()));
    }
    return { samples, skipped };
  },
};

const startContenders = async ({ running, skipped, layers, endpoint, core }) => {
  const contenders = [];
  const add = (name, { child, port }) => {
    running.push(child);
    contenders.push({ name, child, port });
  };
  const targets = SIZES.flatMap(targetsOf);
  for (const name of ['node', 'standalone']) {
    const extension = await Extension.start({
      ...(await layers.commandOf(name)),
      endpoint,
      core,
      tables: SIZES.map((bytes) => tableOf(bytes, ITEMS)),
      settings: { CACHE_EXTENSION_MAX_BYTES: '268435456' },
    });
    add(name, { child: extension, port: extension.port });
    // The bare servers must record hits.
    await fillBy(extension.port, targets);
  }
  const { port } = contenders[0];
  add('F', await startBare('bare-http', port, targets, { core }));
  add('F, tick kept', await startBare('bare-http', port, targets, { core, keepsTick: true }));
  add('T', await startBare('bare-tcp', port, targets, { core }));
  const bareGo = await startBareGo(port, targets, { core });
  if (bareGo.unavailable === undefined) add('G', bareGo);
  else if (core === CORES.measured) skipped.push({ contender: 'G', reason: bareGo.unavailable });
  return contenders;
};

/** A rival may send larger bodies in chunks, which the generator does not parse. Its port may be fixed, so it runs once. */
const RIVAL_MAX_BYTES = 350;

const startRival = async (rival, running, endpoint) => {
  const tables = SIZES.filter((bytes) => bytes <= RIVAL_MAX_BYTES).map((bytes) => tableOf(bytes, ITEMS));
  const child = await Rival.start(rival, { endpoint, tables, target: targetsOf(350)[0] });
  running.push(child);
  return { name: 'rival', child, port: child.port, maxBytes: RIVAL_MAX_BYTES };
};

const fillBy = async (port, targets) => {
  for (const target of targets) await (await fetch(`http://127.0.0.1:${port}${target}`)).arrayBuffer();
};

const warmUp = async ({ port }, generator) => {
  const job = { port, targets: targetsOf(350), connections: 16, ms: WARM_UP_MS, busyWait: true };
  for (const kept of [true, false]) await generator.ask({ ...job, kept });
};

const measure = async ({ child, port }, generator, { bytes, connections, kept, client }) => {
  const before = [cpuNs(child.pid), cpuNs(generator.pid)];
  const busyWait = client === 'busy';
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
