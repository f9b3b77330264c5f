import { fileURLToPath } from 'node:url';
import { CORES } from '../machine/cores.mjs';
import { buildBareGo } from './bare-go/build.mjs';
import { Child } from './child.mjs';
import { nodeFolder } from './layer.mjs';
import { recordAnswers } from './recorded-answers.mjs';

const nodeProgram = (path) => [`${nodeFolder()}/node`, fileURLToPath(new URL(`../${path}`, import.meta.url))];

/** Starts a scripted DynamoDB: `{ child, endpoint }`. */
export const startScriptedDynamoDb = async (settings = {}) => {
  const command = [...nodeProgram('subjects/scripted-dynamodb.mjs'), JSON.stringify(settings)];
  const child = Child.start({ command, core: CORES.others, told: true });
  const { port } = await child.ask();
  return { child, endpoint: `http://127.0.0.1:${port}` };
};

/** Starts a scripted Parameter Store and Secrets Manager: `{ child, endpoint }`. */
export const startScriptedValues = async () => {
  const child = Child.start({
    command: nodeProgram('subjects/scripted-values.mjs'),
    core: CORES.others,
    told: true,
  });
  const { port } = await child.ask();
  return { child, endpoint: `http://127.0.0.1:${port}` };
};

/** Starts the load generator. */
export const startGenerator = () =>
  Child.start({ command: nodeProgram('load/generator.mjs'), core: CORES.others, told: true });

/** Starts F (`bare-http`) or T (`bare-tcp`) with the responses of the extension on `port`: `{ child, port }`. */
export const startBare = (name, port, targets, { core, ...options } = {}) =>
  startTold(`subjects/${name}.mjs`, { port, targets, ...options }, core);

/** Starts G with the responses of the extension on `port`: `{ child, port }`, or `{ unavailable }` with the reason. */
export const startBareGo = async (port, targets, { core = CORES.measured } = {}) => {
  const { program, unavailable } = buildBareGo();
  if (unavailable !== undefined) return { unavailable };
  const answers = {};
  for (const [target, { headers, body }] of await recordAnswers(port, targets)) {
    answers[target] = { headers: goHeaders(headers), body: body.toString('base64') };
  }
  const child = Child.start({ command: [program], core, told: true });
  return { child, port: (await child.ask(answers)).port };
};

/** Go finds a header only by its canonical name. It does not add the `Connection` header that `node:http` adds. */
const goHeaders = (pairs) =>
  Object.fromEntries(
    [...pairs, ['connection', 'keep-alive']].map(([name, value]) => [
      name.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
      [value],
    ]),
  );

/** Starts F for SDK requests with the responses of the extension on `port`: `{ child, port }`. */
export const startBareEndpoint = (port, requests) =>
  startTold('subjects/bare-endpoint.mjs', { port, requests });

const startTold = async (program, message, core = CORES.measured) => {
  const child = Child.start({ command: nodeProgram(program), core, told: true });
  return { child, port: (await child.ask(message)).port };
};

/** Starts a function that reads items; pass the measured core if the function itself is measured. */
export const startCaller = (core = CORES.others) =>
  Child.start({ command: nodeProgram('load/caller.mjs'), core, told: true });

/** Starts dynalite or DynamoDB Local: `{ child, endpoint }`, or `{ child, unavailable }` with the reason. */
export const startEmulatedDynamoDb = async (kind, table) => {
  const command = [...nodeProgram('subjects/emulated-dynamodb.mjs'), kind, table];
  const child = Child.start({ command, core: CORES.measured, told: true });
  return { child, ...(await child.ask()) };
};
