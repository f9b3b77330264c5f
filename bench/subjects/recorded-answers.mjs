import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { pairsOf } from './raw-pairs.mjs';

/** Headers that belong to a connection or to a moment, which a server adds by itself. */
const NOT_KEPT = new Set(['date', 'connection', 'keep-alive']);

/** What a server answers to each target: headers and body, byte for byte. */
export const recordAnswers = (port, targets) =>
  recordAll(targets, (path, agent) => record(request({ host: '127.0.0.1', port, path, agent }), ''));

/** The same for what SDKs send (see sdk-requests.mjs), by the bodies of that. */
export const recordWireAnswers = async (port, requests) => {
  const headers = new Map(requests.map(({ headers, body }) => [body, Object.fromEntries(headers)]));
  return recordAll([...headers.keys()], (body, agent) => {
    const how = { host: '127.0.0.1', port, method: 'POST', headers: headers.get(body), agent };
    return record(request(how), body);
  });
};

const recordAll = async (questions, recordOne) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers = new Map();
  for (const question of questions) answers.set(question, await recordOne(question, agent));
  agent.destroy();
  return answers;
};

const record = async (asked, content) => {
  const [response] = await once(asked.end(content), 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (response.statusCode !== 200) throw new Error(`answered with ${response.statusCode}: ${body}`);
  return { headers: pairsOf(response, NOT_KEPT), body };
};
