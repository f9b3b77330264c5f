import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { startDynalite } from '../../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../../support/e2e/extension-under-test.ts';
import { itemPath } from '../../support/e2e/item-path.ts';
import { startExtension } from '../../support/e2e/start-extension.ts';
import { FaultProxy } from '../../support/faults/fault-proxy.ts';
import { FAULTS } from '../../support/faults/faults.ts';
import { freePort } from '../../support/free-port.ts';
import { type ClientCommand, ClientProcess } from './client-process.ts';
import { answerJson, type Script, ScriptedExtension } from './scripted-extension.ts';
import { FAKE, FAKE_JSON, HANGING, refusal, UNUSABLE } from './unusable-answers.ts';

export interface ClientContract {
  readonly name: string;
  /** What starts the driver of the client. */
  prepare(): ClientCommand | Promise<ClientCommand>;
  /** Whether the items of the client keep numbers longer than a double. */
  readonly keepsDigits: boolean;
  /** Why it cannot be run here. */
  readonly skip?: string | undefined;
}

const CACHE_YAML = 'dynamodb: [{ table: Products, hashKey: pKey, sortKey: sKey }]';
const DIGITS = '1234567890123456789012345678.9012345678';
const product = (pKey: string, price: string): AttributeMap => ({
  pKey: { S: pKey },
  sKey: { S: 'v1' },
  price: { N: price },
});
const WIDGET = { pKey: 'widget', sKey: 'v1', price: 12.5 };

/** What every client promises its function. */
export const runClientContract = ({ name, prepare, keepsDigits, skip }: ClientContract): void => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(`the ${name} client${skip === undefined ? '' : ` (${skip})`}`, () => {
    let command: ClientCommand;
    let dynamodb: DynamoDbServer;
    let upstream: FaultProxy;
    let extension: ExtensionUnderTest;
    let fallBack: FaultProxy;
    const opened: { close(): Promise<void> }[] = [];
    const open = <T extends { close(): Promise<void> }>(one: T): T => {
      opened.unshift(one);
      return one;
    };
    const newClient = (port: number, env: Readonly<Record<string, string>> = {}): ClientProcess =>
      new ClientProcess(command, {
        AWS_ENDPOINT_URL_DYNAMODB: fallBack.endpoint,
        CACHE_EXTENSION_PORT: String(port),
        ...env,
      });
    const startClient = (port: number, env?: Readonly<Record<string, string>>) => open(newClient(port, env));
    const startScripted = async (script: Script) => open(await ScriptedExtension.start(script));
    const fallenBack = () => fallBack.count('GetItem');

    beforeAll(async () => {
      command = await prepare();
      dynamodb = await startDynalite();
      await dynamodb.createTable({
        table: 'Products',
        hashKey: { name: 'pKey', type: 'S' },
        sortKey: { name: 'sKey', type: 'S' },
      });
      await dynamodb.put('Products', product('widget', '12.5'));
      await dynamodb.put('Products', product('ümläut&=+%/@@', '1'));
      await dynamodb.put('Products', product('digits', DIGITS));
      await dynamodb.put('Products', product('unlucky', '7'));
      upstream = await FaultProxy.inFrontOf(dynamodb.endpoint);
      fallBack = await FaultProxy.inFrontOf(dynamodb.endpoint);
      extension = await startExtension({ cacheYaml: CACHE_YAML, endpoint: upstream.endpoint });
    }, 180_000);

    afterEach(async () => {
      upstream.heal();
      fallBack.forget();
      for (const one of opened.splice(0)) await one.close();
    });

    afterAll(async () => {
      await extension.close();
      await fallBack.close();
      await upstream.close();
      await dynamodb.close();
    });

    it('reads an item through the extension, from memory the second time', async () => {
      const client = startClient(extension.port);
      const before = (await extension.health()).counts.hits;

      const [first, second] = [await client.read('widget', 'v1'), await client.read('widget', 'v1')];

      expect([first, second].map((line) => JSON.parse(line))).toEqual([WIDGET, WIDGET]);
      expect((await extension.health()).counts.hits).toBe(before + 1);
      expect(fallenBack()).toBe(0);
    });

    it('reads an item whose key is full of what means something in addresses', async () => {
      const client = startClient(extension.port);

      expect(JSON.parse(await client.read('ümläut&=+%/@@', 'v1'))).toMatchObject({ pKey: 'ümläut&=+%/@@' });
      expect(fallenBack()).toBe(0);
    });

    it('takes the word of the extension that there is no such item', async () => {
      const client = startClient(extension.port);

      expect(await client.read('widget', 'v2')).toBe('null');
      expect(fallenBack()).toBe(0);
    });

    if (keepsDigits) {
      it('keeps every digit of a number', async () => {
        const client = startClient(extension.port);

        expect(await client.read('digits', 'v1')).toContain(DIGITS);
        expect(fallenBack()).toBe(0);
      });
    }

    it('shows the token', async () => {
      const env = { CACHE_EXTENSION_TOKEN: 'open-sesame' };
      const guarded = open(await startExtension({ cacheYaml: CACHE_YAML, endpoint: upstream.endpoint, env }));

      expect(JSON.parse(await startClient(guarded.port, env).read('widget', 'v1'))).toEqual(WIDGET);
      expect(fallenBack()).toBe(0);
      expect(JSON.parse(await startClient(guarded.port).read('widget', 'v1'))).toEqual(WIDGET);
      expect(fallenBack()).toBe(1);
    });

    it('asks DynamoDB itself where there is no extension', async () => {
      const client = startClient(await freePort());

      expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(WIDGET);
      expect(await client.read('widget', 'v2')).toBe('null');
      expect(fallenBack()).toBe(2);
    });

    it('asks DynamoDB itself while the extension gets nothing from there', async () => {
      upstream.inject({ fault: FAULTS['bad-gateway'] });
      const client = startClient(extension.port);

      expect(JSON.parse(await client.read('unlucky', 'v1'))).toMatchObject({ price: 7 });
      expect((await extension.get(itemPath('Products', 'unlucky', 'v1'))).status).toBe(503);
      expect(fallenBack()).toBe(1);
    });

    describe('asks DynamoDB itself if it is answered', () => {
      let scripted: ScriptedExtension;
      let client: ClientProcess;

      beforeAll(async () => {
        scripted = await ScriptedExtension.start(() => undefined);
        client = newClient(scripted.port);
      });

      afterAll(async () => {
        await client.close();
        await scripted.close();
      });

      it.each(Object.entries(UNUSABLE))('%s', async (_, script) => {
        scripted.script = script;
        scripted.requests = 0;

        expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(WIDGET);
        expect(scripted.requests).toBeGreaterThan(0);
        expect(fallenBack()).toBe(1);
      });
    });

    it.each(Object.entries(HANGING))(
      'asks DynamoDB itself if the extension %s, and waits for it no second time',
      async (_, script) => {
        const scripted = await startScripted(script);
        const client = startClient(scripted.port);

        expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(WIDGET);
        expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(WIDGET);
        expect(scripted.requests).toBe(1);
        expect(fallenBack()).toBe(2);
      },
    );

    it('asks the extension again after a failure that was no time-out', async () => {
      let requests = 0;
      const scripted = await startScripted((response) => {
        requests += 1;
        if (requests === 1) answerJson(response, 503, refusal(503, 'upstream_unavailable'));
        else answerJson(response, 200, FAKE_JSON);
      });
      const client = startClient(scripted.port);

      expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(WIDGET);
      expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(FAKE);
    });

    it('keeps its connection', async () => {
      const scripted = await startScripted((response, { turn }) =>
        turn === 2
          ? answerJson(response, 404, refusal(404, 'item_not_found'))
          : answerJson(response, 200, FAKE_JSON),
      );
      const client = startClient(scripted.port);

      const lines = [];
      for (let read = 1; read <= 4; read += 1) lines.push(await client.read('widget', 'v1'));

      expect(lines.map((line) => JSON.parse(line))).toEqual([FAKE, null, FAKE, FAKE]);
      expect(scripted.connections).toBe(1);
    });

    it('asks the extension anew where a connection that it kept is dead', async () => {
      const scripted = await startScripted((response, { turn }) =>
        turn === 1 ? answerJson(response, 200, FAKE_JSON) : response.socket?.destroy(),
      );
      const client = startClient(scripted.port);

      expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(FAKE);
      expect(JSON.parse(await client.read('widget', 'v1'))).toEqual(FAKE);
      expect(scripted.connections).toBe(2);
      expect(fallenBack()).toBe(0);
    });
  });
};
