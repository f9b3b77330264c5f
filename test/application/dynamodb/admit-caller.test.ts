import { describe, expect, it } from '@jest/globals';
import { AdmitCaller } from '../../../src/application/dynamodb/admit-caller.ts';
import type { AdmittedRequest } from '../../../src/application/dynamodb/admitted-operations.ts';
import type { Caller } from '../../../src/ports/caller-recogniser.ts';
import { OperationRefusedError } from '../../../src/ports/wire-errors.ts';
import type { WireAnswer } from '../../../src/ports/wire-operations.ts';

const ACCOUNT = '123456789012';
const OWN: Caller = { region: 'eu-west-1', account: ACCOUNT };
const arnIn = (account: string) => `arn:aws:dynamodb:eu-west-1:${account}:table/Users`;
const ANSWER: WireAnswer = { status: 200, headers: {}, body: new Uint8Array() };

const requestFor = (table: string) => ({
  operation: 'GetItem',
  headers: new Headers(),
  body: new TextEncoder().encode(JSON.stringify({ TableName: table })),
  signal: new AbortController().signal,
});

const admitting = (recognise: () => Caller | Promise<Caller>) => {
  const admitted: AdmittedRequest[] = [];
  const operations = {
    execute: (request: AdmittedRequest) => {
      admitted.push(request);
      return ANSWER;
    },
  };
  return { admit: new AdmitCaller({ recognise }, operations), admitted };
};

describe('AdmitCaller', () => {
  it('lets a recognised caller through at once, and says who it is', () => {
    const { admit, admitted } = admitting(() => OWN);
    const request = requestFor('Users');

    expect(admit.execute(request)).toBe(ANSWER);
    expect(
      admitted.map(({ operation, headers, body, signal, caller }) => [
        operation,
        headers === request.headers,
        body === request.body,
        signal === request.signal,
        caller,
      ]),
    ).toEqual([['GetItem', true, true, true, OWN]]);
  });

  it('waits for a caller who is not recognised at once', async () => {
    const { admit, admitted } = admitting(async () => OWN);
    const answer = admit.execute(requestFor('Users'));

    expect(admitted).toEqual([]);
    expect(await answer).toBe(ANSWER);
    expect(admitted[0]?.caller).toBe(OWN);
  });

  it.each<readonly [string, () => Caller | Promise<Caller>]>([
    ['at once', () => OWN],
    ['later', async () => OWN],
  ])('refuses a table of another account, told %s', async (_, recognise) => {
    const { admit, admitted } = admitting(recognise);
    const answer = (async () => admit.execute(requestFor(arnIn('210987654321'))))();

    await expect(answer).rejects.toBeInstanceOf(OperationRefusedError);
    await expect(answer).rejects.toMatchObject({
      type: 'AccessDeniedException',
      message: expect.stringContaining('another account'),
    });
    expect(admitted).toEqual([]);
  });

  it('lets a table pass that is named by its ARN in the own account', () => {
    const { admit } = admitting(() => OWN);

    expect(admit.execute(requestFor(arnIn(ACCOUNT)))).toBe(ANSWER);
  });

  it('leaves it to DynamoDB to judge an ARN where the own account is unknown', () => {
    const { admit } = admitting(() => ({ region: 'eu-west-1' }));

    expect(admit.execute(requestFor(arnIn('210987654321')))).toBe(ANSWER);
  });

  it.each<readonly [string, () => Caller | Promise<Caller>]>([
    [
      'at once',
      () => {
        throw new Error('a stranger');
      },
    ],
    ['later', () => Promise.reject(new Error('a stranger'))],
  ])('passes nothing on for a caller who is refused %s', async (_, recognise) => {
    const { admit, admitted } = admitting(recognise);

    await expect((async () => admit.execute(requestFor('Users')))()).rejects.toThrow('a stranger');
    expect(admitted).toEqual([]);
  });
});
