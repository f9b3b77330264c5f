import { once } from 'node:events';
import { Agent, request } from 'node:http';

/** Headers that belong to a connection or to a moment, which a server adds by itself. */
const NOT_KEPT = new Set(['date', 'connection', 'keep-alive']);

/** What a server answers to each target: headers and body, byte for byte. */
export const recordAnswers = async (port, targets) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers = new Map();
  for (const target of targets) answers.set(target, await record(port, target, agent));
  agent.destroy();
  return answers;
};

const record = async (port, path, agent) => {
  const [response] = await once(request({ host: '127.0.0.1', port, path, agent }).end(), 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  if (response.statusCode !== 200) throw new Error(`${path} was answered with ${response.statusCode}`);
  const headers = [];
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    const [name, value] = response.rawHeaders.slice(index, index + 2);
    if (!NOT_KEPT.has(name.toLowerCase())) headers.push([name, value]);
  }
  return { headers, body: Buffer.concat(chunks) };
};
