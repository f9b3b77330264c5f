import { parseArgs } from 'node:util';

/** The command line of a script cannot be understood. */
const MISUSED = 2;

/**
 * The arguments of a script. `--help` prints its usage and ends it; what cannot be understood ends it with status 2.
 *
 * @param usage whole lines, the first of them the command
 * @param options those of `parseArgs`; there is `--help` besides
 * @param accepts what is wrong with the words that are no options, or with the values of options, if something is
 */
export const readArguments = ({ usage, options = {}, accepts = noWords }) => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const problem = accepts(positionals, values);
    if (problem !== undefined) throw new TypeError(problem);
    return { values, positionals };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(MISUSED);
  }
};

const noWords = ([word]) => (word === undefined ? undefined : `${JSON.stringify(word)} is not understood`);

/** Accepts words out of a list; `what` is what each of them names. */
export const anyOf = (known, what) => (words) => {
  const unknown = words.find((word) => !known.includes(word));
  return unknown === undefined ? undefined : `there is no ${what} ${unknown}; there are ${known.join(', ')}`;
};
