import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The JSON object that was answered; empty if it was something else. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call of Lambda's APIs as any program could make it, right or wrong. */
export function callLambda(
  runtimeApi: string,
  route: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<RawAnswer> {
  const [method, path] = route.split(' ');
  return new Promise((resolve, reject) => {
    const outgoing = request(`http://${runtimeApi}${path}`, { method, headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: readBody(text) }),
      );
    });
    outgoing.end(body);
  });
}

function readBody(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
