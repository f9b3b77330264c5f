const TestEnvironment = require('../../test/support/jest/context-ending-environment.cjs');

/** Skips what is left once a test has failed: a mutant dies only once, and many leave test after test waiting in vain. */
class BailingEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#hasFailed = true;
    if (event.name === 'test_start' && this.#hasFailed) event.test.mode = 'skip';
  }
}

module.exports = BailingEnvironment;
