const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');
const { watchStorages } = require('./watch-storages.cjs');

const disableStorages = watchStorages(AsyncLocalStorage);

/**
 * Ends the asynchronous contexts of a test file with the file. Jest makes an `AsyncLocalStorage` for each file and never
 * disables it; before Node.js 24, every promise of every later file would pay for all of them.
 */
class ContextEndingEnvironment extends TestEnvironment {
  async teardown() {
    await super.teardown();
    disableStorages();
  }
}

module.exports = ContextEndingEnvironment;
