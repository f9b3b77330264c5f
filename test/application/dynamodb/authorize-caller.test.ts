import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../../src/adapters/system/system.ts';
import type { AdmittedRequest } from '../../../src/application/dynamodb/admitted-operations.ts';
import { AuthorizeCaller } from '../../../src/application/dynamodb/authorize-caller.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import { OperationRefusedError, type WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import type { Caller } from '../../../src/ports/outbound/caller-recogniser.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const ACCOUNT = '123456789012';
const OWN: Caller = { region: 'eu-west-1', account: ACCOUNT };
const arnIn = (account: string) => `arn:aws:dynamodb:eu-west-1:${account}:table/Users`;
const TABLES = new ConfiguredTables(
  [
    tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } }),
    tableSpec({
      name: 'Orders',
      hashKey: { name: 'user', type: 'S' },
      sortKey: { name: 'at', type: 'N' },
    }),
  ],
  'eu-west-1',
);
const ANSWER: WireAnswer = { status: 200, headers: {}, body: new Uint8Array() };

const requestFor = (table: string) => ({
  operation: 'GetItem',
  headers: new Headers(),
  signal: new AbortController().signal,
  read: async () => new TextEncoder().encode(JSON.stringify({ TableName: table })),
});

const admitting = (recognise: () => Caller | Promise<Caller>) => {
  const admitted: AdmittedRequest[] = [];
  const operations = {
    execute: (request: AdmittedRequest) => {
      admitted.push(request);
      return ANSWER;
    },
  };
  const recogniser = { recognise, verify: () => undefined };
  return { admit: new AuthorizeCaller(recogniser, operations, TABLES, new SystemClock()), admitted };
};

describe('AuthorizeCaller', () => {
  it('admits a recognised caller, with its identity', async () => {
    const { admit, admitted } = admitting(() => OWN);
    const body = new Uint8Array();
    const request = { ...requestFor('Users'), read: async () => body };

    expect(await admit.execute(request)).toBe(ANSWER);
    expect(
      admitted.map(({ operation, headers, body: given, signal, caller }) => [
        operation,
        headers === request.headers,
        given === body,
        signal === request.signal,
        caller,
      ]),
    ).toEqual([['GetItem', true, true, true, OWN]]);
  });

  it('waits for a caller whose recognition takes time', async () => {
    const { admit, admitted } = admitting(async () => OWN);
    const answer = admit.execute(requestFor('Users'));

    expect(admitted).toEqual([]);
    expect(await answer).toBe(ANSWER);
    expect(admitted[0]?.caller).toBe(OWN);
  });

  it.each<readonly [string, () => Caller | Promise<Caller>]>([
    ['at once', () => OWN],
    ['later', async () => OWN],
  ])('rejects a table of another account, known %s', async (_, recognise) => {
    const { admit, admitted } = admitting(recognise);
    const answer = (async () => admit.execute(requestFor(arnIn('210987654321'))))();

    await expect(answer).rejects.toBeInstanceOf(OperationRefusedError);
    await expect(answer).rejects.toMatchObject({
      type: 'AccessDeniedException',
      message: expect.stringContaining('another account'),
    });
    expect(admitted).toEqual([]);
  });

  const JSON_TEXT = JSON.stringify({ TableName: 'Users', Item: { id: { S: '1' } } });
  it.each([
    ['that is compressed', gzipSync(JSON_TEXT)],
    ['in UTF-16', Buffer.from(JSON_TEXT, 'utf16le')],
    ['that is cut off', Buffer.from(`${JSON_TEXT.slice(0, -1)},"x":"${arnIn(ACCOUNT)}"`)],
  ])('says what is wrong with a body %s', async (_, body) => {
    const { admit, admitted } = admitting(() => OWN);

    await expect(admit.execute({ ...requestFor('Users'), read: async () => body })).rejects.toMatchObject({
      type: 'AccessDeniedException',
      message: expect.stringMatching(/^the cache cannot see .* Send JSON in UTF-8 without compression, or/),
    });
    expect(admitted).toEqual([]);
  });

  it("admits a table ARN of the function's own account", async () => {
    const { admit } = admitting(() => OWN);

    expect(await admit.execute(requestFor(arnIn(ACCOUNT)))).toBe(ANSWER);
  });

  it("admits any table ARN if the function's account is unknown", async () => {
    const { admit } = admitting(() => ({ region: 'eu-west-1' }));

    expect(await admit.execute(requestFor(arnIn('210987654321')))).toBe(ANSWER);
  });

  it.each<readonly [string, () => Caller | Promise<Caller>]>([
    [
      'at once',
      () => {
        throw new Error('a stranger');
      },
    ],
    ['later', () => Promise.reject(new Error('a stranger'))],
  ])('forwards nothing for a caller that is rejected %s', async (_, recognise) => {
    const { admit, admitted } = admitting(recognise);

    await expect((async () => admit.execute(requestFor('Users')))()).rejects.toThrow('a stranger');
    expect(admitted).toEqual([]);
  });

  describe('of a request that is too large to be parsed', () => {
    const bodyOf = (request: object) =>
      new TextEncoder().encode(JSON.stringify({ ...request, Padding: ['x'.repeat(600_000)] }));
    const withBody = (body: Uint8Array) => ({ ...requestFor('Users'), read: async () => body });
    const put = { TableName: 'Users', Item: { x: { S: 'a' }, id: { S: '1' } } };

    it('forwards the whole body with its outline', async () => {
      const { admit, admitted } = admitting(() => OWN);
      const body = bodyOf(put);

      expect(await admit.execute(withBody(body))).toBe(ANSWER);
      expect(admitted[0]?.body).toBe(body);
      expect(JSON.parse(new TextDecoder().decode(admitted[0]?.outline))).toEqual({
        TableName: 'Users',
        Item: { id: { S: '1' } },
        Padding: null,
      });
    });

    it('includes both attributes of a key in the outline', async () => {
      const { admit, admitted } = admitting(() => OWN);
      const key = { user: { S: 'a' }, at: { N: '1' } };
      await admit.execute(withBody(bodyOf({ TableName: 'Orders', Item: { ...key, x: { S: 'a' } } })));

      expect(JSON.parse(new TextDecoder().decode(admitted[0]?.outline)).Item).toEqual(key);
    });

    it.each([
      ['its table', { TableName: arnIn('210987654321') }],
      ['a table of a batch', { RequestItems: { Users: [], [arnIn('210987654321')]: [] } }],
      ['a table of a transaction', { TransactItems: [{ Get: { TableName: arnIn('210987654321') } }] }],
    ])('rejects a table of another account that is %s', async (_, request) => {
      const { admit, admitted } = admitting(() => OWN);

      await expect(admit.execute(withBody(bodyOf(request)))).rejects.toThrow('another account');
      expect(admitted).toEqual([]);
    });

    it('rejects it if its tables cannot be determined', async () => {
      const { admit, admitted } = admitting(() => OWN);
      const body = new TextEncoder().encode('['.repeat(600_000));

      await expect(admit.execute(withBody(body))).rejects.toThrow('cannot see which tables');
      expect(admitted).toEqual([]);
    });

    it("admits it with an empty outline if neither its tables nor the function's account are known", async () => {
      const { admit, admitted } = admitting(() => ({ region: 'eu-west-1' }));
      const body = new TextEncoder().encode('['.repeat(600_000));

      expect(await admit.execute(withBody(body))).toBe(ANSWER);
      expect(admitted[0]?.outline).toEqual(new Uint8Array());
    });
  });

  it.each<readonly [string, () => Caller | Promise<Caller>]>([
    [
      'at once',
      () => {
        throw new Error('a stranger');
      },
    ],
    ['later', () => Promise.reject(new Error('a stranger'))],
  ])('reads no body of a caller that is rejected %s', async (_, recognise) => {
    const { admit } = admitting(recognise);
    let reads = 0;
    const read = async () => {
      reads += 1;
      return new Uint8Array();
    };

    await expect(admit.execute({ ...requestFor('Users'), read })).rejects.toThrow('a stranger');
    expect(reads).toBe(0);
  });

  it('forwards nothing if the request does not match its signature', async () => {
    const admitted: AdmittedRequest[] = [];
    const recogniser = {
      recognise: () => OWN,
      verify: () => Promise.reject(new Error('another signature')),
    };
    const operations = {
      execute: (request: AdmittedRequest) => {
        admitted.push(request);
        return ANSWER;
      },
    };
    const admit = new AuthorizeCaller(recogniser, operations, TABLES, new SystemClock());

    await expect(admit.execute(requestFor('Users'))).rejects.toThrow('another signature');
    expect(admitted).toEqual([]);
  });
});
