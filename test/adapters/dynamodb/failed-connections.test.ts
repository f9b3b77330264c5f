import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import { PLAIN } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';
import { upstreamTo } from '../../support/dynamodb/upstream-to.ts';
import { startSecuredDynamoDb } from '../../support/e2e/secured-dynamodb.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { freePort } from '../../support/free-port.ts';

const USERS = tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } });
const KEY = new KeyCodec(USERS).fromText('a');

const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;
const ifOpenSsl = hasOpenSsl ? it : it.skip;
const noOpenSsl = hasOpenSsl ? '' : ' (openssl is not installed)';

/** The message of the error with which a read at this endpoint fails. */
const failureAt = async (endpoint: string): Promise<string> => {
  useTestCredentials();
  const clock = new FakeClock();
  const upstream = upstreamTo({ region: 'us-east-1', endpoint }, clock);
  const source = new DynamoDbItemSource([USERS], upstream, clock);
  const { signal } = new AbortController();
  try {
    return await source.read(KEY, { contentTypes: [PLAIN], signal }).then(
      () => 'no failure',
      (error: Error) => error.message,
    );
  } finally {
    upstream.close();
  }
};

describe('a connection to DynamoDB that fails', () => {
  it('names a host that does not exist, the port, the error code and what to check', async () => {
    // Without a name server the code is EAI_AGAIN.
    expect(await failureAt('http://no-such-host.invalid:8000')).toMatch(
      /GetItem of the table Users .*(ENOTFOUND|EAI_AGAIN) no-such-host\.invalid:8000; .*check/,
    );
  });

  it('names a region that may not exist', async () => {
    expect(await failureAt('https://dynamodb.eu-wset-1.invalid')).toMatch(
      /ENOTFOUND dynamodb\.eu-wset-1\.invalid:443; .*check whether the region eu-wset-1 exists|EAI_AGAIN/,
    );
  });

  it('names a port on which nothing listens', async () => {
    const port = await freePort();
    expect(await failureAt(`http://127.0.0.1:${port}`)).toMatch(
      new RegExp(`ECONNREFUSED 127\\.0\\.0\\.1:${port}; nothing listens there`),
    );
  });

  it('says that an endpoint does not speak TLS', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect(await failureAt(`https://127.0.0.1:${port}`)).toMatch(
        new RegExp(`127\\.0\\.0\\.1:${port}; it does not speak TLS, .*http:`),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  ifOpenSsl(`says that a certificate is not trusted${noOpenSsl}`, async () => {
    const dynamodb = await startSecuredDynamoDb('{}');
    try {
      expect(await failureAt(dynamodb.server.url)).toMatch(
        /_CERT 127\.0\.0\.1:\d+; the TLS certificate is not trusted, .*NODE_EXTRA_CA_CERTS/,
      );
    } finally {
      await dynamodb.server.close();
    }
  });
});
