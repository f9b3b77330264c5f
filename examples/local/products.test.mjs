import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { startFakeExtension } from './fake-extension.mjs';

/* Unit tests of a function without the extension and without DynamoDB: node --test examples/local/products.test.mjs */

const extension = await startFakeExtension({ 'Products/p1/s1': { pKey: 'p1', sKey: 's1', price: 12.5 } });
after(() => extension.close());
beforeEach(() => {
  extension.requests.length = 0;
  extension.failure = undefined;
});

// The client reads the port when it is imported.
process.env.CACHE_EXTENSION_PORT = String(extension.port);
const { handlerWith } = await import('./products.mjs');

const neverAsked = () => assert.fail('DynamoDB was asked');

test('reads the product through the extension', async () => {
  assert.equal(await handlerWith(neverAsked)({ pKey: 'p1', sKey: 's1' }), 12.5);
  assert.deepEqual(extension.requests, ['Products/p1/s1']);
});

test('answers null for a product that does not exist, without asking DynamoDB', async () => {
  assert.equal(await handlerWith(neverAsked)({ pKey: 'p1', sKey: 's2' }), null);
});

test('falls back to DynamoDB if the extension fails', async () => {
  extension.failure = 503;
  assert.equal(await handlerWith(async () => ({ price: 7 }))({ pKey: 'p1', sKey: 's1' }), 7);
});
