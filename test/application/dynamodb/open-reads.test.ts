import { describe, expect, it } from '@jest/globals';
import { SourceTimeoutError } from '../../../src/domain/cache/errors.ts';
import { itemJson, type Script, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const WITH_REPORT = { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' };
const BATCH = { RequestItems: { Things: { Keys: [thing('a').Key] }, Others: { Keys: [{ h: { N: '1' } }] } } };
const REQUESTS: readonly (readonly [string, string, object, boolean])[] = [
  ['a GetItem with a report', 'GetItem', WITH_REPORT, false],
  ['a BatchGetItem', 'BatchGetItem', BATCH, false],
  ['an observed GetItem', 'GetItem', thing('a'), true],
];

/** The endpoint, and how many of the questions that were opened have not been closed. */
const counting = (script: Script, isObserved: boolean) => {
  const endpoint = serveEndpoint(script, { isObserved });
  const open = new Set<object>();
  let opened = 0;
  const { begin } = endpoint.sideLoad;
  endpoint.sideLoad.begin = (...question) => {
    const read = begin.apply(endpoint.sideLoad, question);
    const end = () => {
      open.delete(read);
      read.end();
    };
    open.add(read);
    opened += 1;
    return { ...read, end };
  };
  return { ...endpoint, counts: () => ({ opened, open: open.size }) };
};

describe.each(REQUESTS)('the read that %s begins', (_, operation, request, isObserved) => {
  it.each<readonly [string, Script]>([
    [
      'an answer',
      async () => ({ json: `{"Item":${itemJson('a')},"Responses":{"Things":[]},"UnprocessedKeys":{}}` }),
    ],
    ['an unreadable answer', async () => ({ json: 'no JSON' })],
    ['an error of DynamoDB', async () => ({ status: 400, json: '{"__type":"x"}' })],
    ['no answer', () => Promise.reject(new SourceTimeoutError('late'))],
  ])('is ended by %s', async (__, script) => {
    const endpoint = counting(script, isObserved);
    await endpoint.ask(operation, request).catch(() => undefined);

    expect(endpoint.counts()).toEqual({ opened: 1, open: 0 });
  });
});
