import type { Settings } from '../../../src/adapters/config/settings.ts';
import { tableSpec } from '../dynamodb/table-spec.ts';
import { useTestCredentials } from '../dynamodb/test-credentials.ts';
import { postOperation } from '../dynamodb/wire.ts';
import type { HttpAnswer } from '../http/exchange.ts';
import {
  answering,
  type ReceivedRequest,
  type ScriptedAnswer,
  ScriptedServer,
} from '../http/scripted-server.ts';
import { EndpointUnderTest } from './endpoint-under-test.ts';

/** What a scripted DynamoDB answers to an operation: bytes with status 200, or what the script does. */
export type Script = Record<string, string | ScriptedAnswer>;

/** An operation that reached DynamoDB. */
interface AskedOperation {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The text of an answer; if it has an item, under the key that was asked for, as the answer of DynamoDB has. */
const forAskedKey = (text: string, { operation, body }: ReceivedRequest): string => {
  if (operation !== 'GetItem' || !text.startsWith('{"Item":')) return text;
  const { Item, ...rest } = JSON.parse(text);
  return JSON.stringify({ Item: { ...Item, ...JSON.parse(body.toString()).Key }, ...rest });
};

/** The extension in front of a DynamoDB that says what a test wants, met on the bare wire. */
export class WireStage {
  readonly script: Script;
  readonly upstream: ScriptedServer;
  readonly endpoint: EndpointUnderTest;

  private constructor(script: Script, upstream: ScriptedServer, endpoint: EndpointUnderTest) {
    this.script = script;
    this.upstream = upstream;
    this.endpoint = endpoint;
  }

  /** With the table Users, whose key is `id`, and Visits, whose keys are the number `user` and the bytes `page`. */
  static async open(script: Script = {}, settings: Partial<Settings> = {}): Promise<WireStage> {
    useTestCredentials();
    const upstream = await ScriptedServer.start();
    upstream.answerWith((response, received) => {
      const answer = script[received.operation] ?? '{}';
      const given = typeof answer === 'string' ? answering(200, forAskedKey(answer, received)) : answer;
      given(response, received);
    });
    const tables = [
      tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } }),
      tableSpec({
        name: 'Visits',
        hashKey: { name: 'user', type: 'N' },
        sortKey: { name: 'page', type: 'B' },
      }),
    ];
    const endpoint = await EndpointUnderTest.inFrontOf(upstream.url, { tables, ...settings });
    return new WireStage(script, upstream, endpoint);
  }

  /** What reached DynamoDB, in order. */
  get asked(): readonly AskedOperation[] {
    return this.upstream.received.map(({ operation, body }) => ({
      operation,
      input: JSON.parse(body.toString()),
    }));
  }

  /** Their names. */
  get operations(): readonly string[] {
    return this.asked.map(({ operation }) => operation);
  }

  ask(operation: string, input: object, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const body = JSON.stringify(input);
    return postOperation(this.endpoint.url, { target: `DynamoDB_20120810.${operation}`, body, headers });
  }

  /** Its text. */
  async say(operation: string, input: object): Promise<string> {
    return (await this.ask(operation, input)).body;
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    await this.upstream.close();
  }
}
