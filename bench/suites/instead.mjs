import { Extension } from '../subjects/extension.mjs';
import { startCaller, startEmulatedDynamoDb } from '../subjects/programs.mjs';
import { tableOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

const ITEMS = 50;
const TABLE = tableOf(350, ITEMS);
const IDS = Array.from({ length: ITEMS }, (_, id) => String(id));
const PHASE_MS = 700;

/** Compares the extension with its alternatives, for one caller that waits for each response. */
export const instead = {
  name: 'instead',
  title: 'What a function would do instead: an item of 350 B as an object of the function',
  metrics: { p50Us: 'p50, µs', p90Us: 'p90, µs', p99Us: 'p99, µs' },

  async run({ rounds, layers }) {
    const running = [];
    const samples = [];
    const skipped = [];
    try {
      const { contenders, caller } = await startAll(running, skipped, layers);
      for (const { job } of contenders) await caller.ask({ ...job, ids: IDS, ms: PHASE_MS });
      for (let round = 0; round < rounds; round += 1) {
        for (const { name, job } of rotated(contenders, round)) {
          const { p50Us, p90Us, p99Us } = await caller.ask({ ...job, ids: IDS, ms: PHASE_MS });
          samples.push({ round, case: 'one item', contender: name, values: { p50Us, p90Us, p99Us } });
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
  const dynalite = await startEmulatedDynamoDb('dynalite', TABLE);
  const local = await startEmulatedDynamoDb('dynamodb-local', TABLE);
  running.push(caller, dynalite.child, local.child);
  const contenders = [];
  for (const layer of ['node', 'standalone']) {
    const { endpoint } = dynalite;
    const extension = await Extension.start({
      ...(await layers.commandOf(layer)),
      endpoint,
      tables: [TABLE],
    });
    running.push(extension);
    for (const way of ['node:http', 'fetch']) {
      contenders.push({ name: `${way}, ${layer} layer`, job: { way, port: extension.port, table: TABLE } });
    }
  }
  const { endpoint } = dynalite;
  contenders.push({ name: 'cache within the function', job: { way: 'in-process', endpoint, table: TABLE } });
  contenders.push({ name: 'SDK, dynalite', job: { way: 'sdk', endpoint, table: TABLE } });
  if (local.unavailable === undefined) {
    const job = { way: 'sdk', endpoint: local.endpoint, table: TABLE };
    contenders.push({ name: 'SDK, DynamoDB Local', job });
  } else skipped.push({ contender: 'SDK, DynamoDB Local', reason: local.unavailable });
  return { contenders, caller };
};
