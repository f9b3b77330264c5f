import type { Cost } from './cost.ts';
import type { Leftover } from './aws/stack.ts';

/** The outcome of one check. */
export interface CheckResult {
  readonly name: string;
  readonly promise: string;
  readonly outcome: 'passed' | 'FAILED' | 'not run';
  /** What was seen, or why it failed. */
  readonly seen: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** What a run found. It has no account number and no credentials, so it can be shown to others. */
export interface Report {
  readonly stack: string;
  /** ISO time of the start. */
  readonly startedAt: string;
  readonly region: string;
  /** Of the extension, the commit, the tools and the runtimes that the functions reported, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** SHA-256 of the zip files in hex, by the name of the layer. */
  readonly layers: Readonly<Record<string, string>>;
  readonly cost: Cost;
  readonly checks: readonly CheckResult[];
  /** Why the run ended early. */
  readonly problem?: string;
  readonly leftovers: readonly Leftover[];
}

/** Whether every promise was kept and everything was removed. */
export const isSuccess = ({ checks, problem, leftovers }: Report): boolean =>
  problem === undefined && leftovers.length === 0 && checks.every(({ outcome }) => outcome === 'passed');

/** The report in Markdown. */
export const reportInMarkdown = (report: Report): string => {
  const { stack, startedAt, region, versions, layers, checks, problem, leftovers } = report;
  const passed = checks.filter(({ outcome }) => outcome === 'passed').length;
  return [
    `# Check on AWS: ${isSuccess(report) ? 'passed' : 'FAILED'}`,
    '',
    `${passed} of ${checks.length} checks passed. Stack \`${stack}\`, region ${region}, ${startedAt}.`,
    ...(problem === undefined ? [] : ['', `The run ended early: ${problem}`]),
    '',
    '## Checks',
    '',
    ...checks.flatMap(({ name, promise, outcome, seen, figures, seconds }) => [
      `### ${outcome}: ${name}`,
      '',
      `- Promise: ${promise}`,
      `- Seen: ${seen}`,
      ...Object.entries(figures).map(([what, figure]) => `- ${what}: ${rounded(figure)}`),
      `- Time of the check: ${rounded(seconds)} s`,
      '',
    ]),
    '## Versions',
    '',
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    ...Object.entries(layers).map(([name, sha256]) => `- layer ${name}, SHA-256: ${sha256}`),
    '',
    '## Leftovers',
    '',
    ...(leftovers.length === 0
      ? ['None.']
      : leftovers.map(({ what, command }) => `- ${what}: \`${command}\``)),
    '',
    'The bucket of the CDK bootstrap keeps the zip files of the layers until `npx cdk gc` or a lifecycle rule removes them.',
    '',
  ].join('\n');
};

const rounded = (figure: number): number => Math.round(figure * 1_000) / 1_000;
