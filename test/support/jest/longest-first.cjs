const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const LONGEST = require('./longest.json');

/**
 * Begins with the files that take longest, so that none of them is left over for one processor at the end. Jest knows
 * only after a first run how long a file takes, and begins with the largest files until then: the longest are short.
 */
class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path, context }) => {
      const index = LONGEST.indexOf(relative(context.config.rootDir, path));
      return index === -1 ? LONGEST.length : index;
    };
    return super.sort(tests).sort((left, right) => place(left) - place(right));
  }
}

module.exports = LongestFirst;
