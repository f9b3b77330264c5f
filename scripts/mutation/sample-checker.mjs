import { isSampled } from './sample.mjs';

/*
 * A plugin of Stryker that has only the mutants of a sample tested. Stryker asks checkers which mutants compile, and does
 * not test the others.
 */
const createChecker = ({ sample }) => {
  const verdictOn = ({ id }) =>
    isSampled(sample, id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' };
  return {
    init: async () => {},
    check: async (mutants) => Object.fromEntries(mutants.map((mutant) => [mutant.id, verdictOn(mutant)])),
    /** All at once, which takes one message. */
    group: async (mutants) => [mutants.map(({ id }) => id)],
  };
};
createChecker.inject = ['options'];

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory: createChecker }];

/** Without it, Stryker warns of an unknown option. */
export const strykerValidationSchema = {
  properties: {
    sample: {
      type: 'object',
      properties: { seed: { type: 'string' }, percent: { type: 'number' } },
    },
  },
};
