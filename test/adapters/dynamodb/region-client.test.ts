import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RegionClient } from '../../../src/adapters/dynamodb/region-client.ts';
import type { UpstreamCall } from '../../../src/adapters/dynamodb/upstream.ts';
import { answering, CannedServer } from '../../support/dynamodb/canned-server.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';

const CALL: UpstreamCall = {
  operation: 'GetItem',
  input: { TableName: 'Users', Key: { id: { S: 'a' } }, ConsistentRead: false },
};

/** Leads every connection to one local port, without encryption, wherever it was meant to go. */
class Detour extends HttpsAgent {
  readonly #port: number;

  constructor(port: number, options: AgentOptions = {}) {
    super(options);
    this.#port = port;
  }

  override createConnection(): Duplex {
    return connect(this.#port, '127.0.0.1');
  }
}

describe('RegionClient', () => {
  let region: CannedServer;
  let elsewhere: CannedServer;

  beforeEach(async () => {
    useTestCredentials();
    region = await CannedServer.start(answering(200, '{"Item":{"from":{"S":"the region"}}}'));
    elsewhere = await CannedServer.start(answering(200, '{"Item":{"from":{"S":"elsewhere"}}}'));
  });

  afterEach(async () => {
    await region.close();
    await elsewhere.close();
  });

  const send = async (): Promise<string> => {
    const agent = { http: new HttpAgent(), https: new Detour(Number(new URL(region.endpoint).port)) };
    const client = new RegionClient({ region: 'eu-central-1', endpoint: undefined, agent });
    return Buffer.from(await client.send(CALL, new AbortController().signal)).toString();
  };

  it("speaks to the region's own endpoint, encrypted", async () => {
    expect(await send()).toContain('the region');
    expect(region.requests[0]?.host).toBe('dynamodb.eu-central-1.amazonaws.com');
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB'])(
    'ignores %s, which may point at this extension',
    async (variable) => {
      process.env[variable] = elsewhere.endpoint;

      expect(await send()).toContain('the region');
      expect(elsewhere.requests).toHaveLength(0);
    },
  );

  it('stays with the endpoint of the region even if the account is known', async () => {
    process.env.AWS_ACCOUNT_ID = '123456789012';
    await send();

    expect(region.requests[0]?.host).toBe('dynamodb.eu-central-1.amazonaws.com');
  });

  it('heeds a wish for validated cryptography', async () => {
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';
    await send();

    expect(region.requests[0]?.host).toBe('dynamodb-fips.eu-central-1.amazonaws.com');
  });
});
