import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An emulated Parameter Store: GetParameter over the wire, counted. */
export interface EmulatedSsm {
  readonly endpoint: string;
  /** Names that were asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Serves the given parameters, by name, on a free port. */
export const startSsm = async (parameters: Readonly<Record<string, string>>): Promise<EmulatedSsm> => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const { Name }: { Name: string } = JSON.parse(text);
    asked.push(Name);
    const value = parameters[Name];
    const body =
      value === undefined ? { __type: 'ParameterNotFound' } : { Parameter: { Name, Value: value } };
    response.writeHead(value === undefined ? 400 : 200, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
