import { cpuNs } from '../machine/usage.mjs';
import { freePort } from '../subjects/child.mjs';
import { tablesYaml } from '../subjects/environment.mjs';
import { Extension } from '../subjects/extension.mjs';
import { startGenerator, startScriptedDynamoDb, startScriptedValues } from '../subjects/programs.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';
import { TOKEN, TOKEN_HEADER, VALUE_BYTES, VALUE_ROUTES, valuesYaml } from '../subjects/sample-values.mjs';
import { rotated } from './rotated.mjs';

const COUNT = 200;
const TABLE = tableOf(VALUE_BYTES, COUNT);
const WARM_UP_MS = 1500;
const PHASE_MS = 1000;
const CONNECTIONS = [1, 16];

/** An item needs no token; it is what the values are compared with. */
const ROUTES = [
  { title: 'item, /dynamodb', isCompatible: false, targetOf: (number) => targetOf(TABLE, number) },
  ...VALUE_ROUTES.map((route) => ({ ...route, token: TOKEN })),
];

const titleOf = ({ title }, connections) =>
  `${title}, ${connections} connection${connections === 1 ? '' : 's'}`;

/** Compares hits of parameters and secrets, on the own routes and on those of AWS's extension, with hits of items. */
export const values = {
  name: 'values',
  title: `Hits of parameters and secrets of ${VALUE_BYTES} B, with a token of ${TOKEN.length} B; kept connections, busy client`,
  metrics: { cpuUs: 'CPU time, µs', p50Us: 'p50, µs', serverBusy: 'server busy' },

  async run({ rounds, layers }) {
    const dynamoDb = await startScriptedDynamoDb();
    const upstream = await startScriptedValues();
    const generator = startGenerator();
    const running = [generator, dynamoDb.child, upstream.child];
    const samples = [];
    try {
      const contenders = [];
      for (const name of ['node', 'standalone']) {
        const contender = await startContender(
          await layers.commandOf(name),
          dynamoDb.endpoint,
          upstream.endpoint,
        );
        running.push(contender.child);
        contenders.push({ name, ...contender });
      }
      for (const contender of contenders) {
        for (const route of ROUTES)
          await generator.ask(jobOf(contender, route, { connections: 16, ms: WARM_UP_MS }));
      }
      for (let round = 0; round < rounds; round += 1) {
        for (const connections of CONNECTIONS) {
          for (const contender of rotated(contenders, round)) {
            for (const route of rotated(ROUTES, round)) {
              const job = jobOf(contender, route, { connections, ms: PHASE_MS });
              const figures = await measure(contender, generator, job);
              samples.push({
                round,
                case: titleOf(route, connections),
                contender: contender.name,
                values: figures,
              });
            }
          }
        }
      }
    } finally {
      await Promise.all(running.map((child) => child.stop()));
    }
    return { samples: inOrder(samples) };
  },
};

const startContender = async (how, endpoint, valuesEndpoint) => {
  const compatiblePort = await freePort();
  const child = await Extension.start({
    ...how,
    endpoint,
    cacheYaml: tablesYaml([TABLE]) + valuesYaml(COUNT),
    settings: {
      AWS_SESSION_TOKEN: TOKEN,
      CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(compatiblePort),
      CACHE_EXTENSION_SSM_ENDPOINT: valuesEndpoint,
      CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: valuesEndpoint,
    },
  });
  return { child, port: child.port, compatiblePort };
};

/** A job of the load generator: keep-alive requests for all values of a route. */
const jobOf = (contender, { isCompatible, targetOf: target, token }, job) => {
  const port = isCompatible ? contender.compatiblePort : contender.port;
  const lines = [`Host: 127.0.0.1:${port}`, 'Connection: keep-alive'];
  if (token !== undefined) lines.push(`${TOKEN_HEADER}: ${token}`);
  const requests = Array.from(
    { length: COUNT },
    (_, number) => `GET ${target(number)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
  return { ...job, port, requests, kept: true, busyWait: true };
};

const measure = async ({ child }, generator, job) => {
  const before = cpuNs(child.pid);
  const { count, elapsedMs, p50Us } = await generator.ask(job);
  const serverNs = cpuNs(child.pid) - before;
  return {
    cpuUs: serverNs / 1000 / count,
    p50Us,
    serverBusy: serverNs / 1e6 / elapsedMs,
  };
};

/** Sorts the samples by case for the table, because the order of the routes differs between rounds. */
const inOrder = (samples) =>
  CONNECTIONS.flatMap((connections) =>
    ROUTES.flatMap((route) => samples.filter((sample) => sample.case === titleOf(route, connections))),
  );
