import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { pairsOf } from './raw-pairs.mjs';

/** Headers of a connection or a time, which a server adds itself. */
const NOT_KEPT = new Set(['date', 'connection', 'keep-alive']);

/** Records a server's response to each target: headers and exact body. */
export const recordAnswers = (port, targets) =>
  recordAll(targets, (path, agent) => record(request({ host: '127.0.0.1', port, path, agent }), ''));

/** Records the response to each SDK request (see sdk-requests.mjs), by request body. */
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
  if (response.statusCode !== 200) throw new Error(`the response has status ${response.statusCode}: ${body}`);
  return { headers: pairsOf(response, NOT_KEPT), body };
};
