import { parseArgs } from 'node:util';

/** What the caller of `npm start` wants to see. */
export type Wish =
  | { readonly kind: 'help' }
  | { readonly kind: 'story' | 'fleet'; readonly once: boolean }
  /** The path as it was typed. */
  | { readonly kind: 'local-server'; readonly configPath: string }
  | { readonly kind: 'mistake'; readonly text: string };

/** Reads the arguments after the name of the program. */
export const readArguments = (given: readonly string[]): Wish => {
  const { once, fleet, help, paths, unknown } = parsed(given);
  if (help) return { kind: 'help' };
  const [configPath, another] = paths;
  if (unknown !== undefined) return mistake(`Unknown option ${unknown}.`);
  if (another !== undefined) return mistake('Only one path of a cache.yaml is allowed.');
  if (configPath === undefined) return { kind: fleet ? 'fleet' : 'story', once };
  if (once || fleet) {
    const option = once ? '--once' : '--fleet';
    return mistake(`${option} cannot be combined with a cache.yaml: it runs the demo, which has its own.`);
  }
  return { kind: 'local-server', configPath };
};

const parsed = (given: readonly string[]) => {
  const { tokens } = parseArgs({ args: [...given], strict: false, tokens: true });
  const options = tokens.flatMap((token) => (token.kind === 'option' ? [token.rawName] : []));
  return {
    once: options.includes('--once'),
    fleet: options.includes('--fleet'),
    help: options.includes('--help') || options.includes('-h'),
    paths: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    unknown: options.find((name) => !['--once', '--fleet', '--help', '-h'].includes(name)),
  };
};

const mistake = (text: string): Wish => ({
  kind: 'mistake',
  text: `${text}\nRun npm start -- --help to list all options.`,
});
