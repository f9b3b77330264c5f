import { answering, ScriptedServer } from './http/scripted-server.ts';

/** An emulated Parameter Store. */
interface EmulatedSsm {
  readonly endpoint: string;
  /** Requested names, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Serves GetParameter for these parameters, by name. */
export const startSsm = async (parameters: Readonly<Record<string, string>>): Promise<EmulatedSsm> => {
  const asked: string[] = [];
  const server = await ScriptedServer.start((response, { body }) => {
    const { Name }: { Name: string } = JSON.parse(body.toString());
    asked.push(Name);
    const value = parameters[Name];
    const answer =
      value === undefined ? { __type: 'ParameterNotFound' } : { Parameter: { Name, Value: value } };
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    answering(value === undefined ? 400 : 200, JSON.stringify(answer), headers)(response);
  });
  return { endpoint: server.url, asked, close: () => server.close() };
};
