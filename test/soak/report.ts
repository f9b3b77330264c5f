import type { EndpointReport } from './endpoint.ts';
import type { MemorySample } from './memory-samples.ts';
import type { Tally } from './tally.ts';

/** What a run came to. */
export interface SoakReport {
  readonly tally: Tally;
  readonly faults: readonly string[];
  readonly questions: number;
  readonly evictions: number;
  /** At the beginning, and after each quarter. */
  readonly memory: readonly MemorySample[];
}

const MEBIBYTE = 1_024 * 1_024;

/** The report in lines for people. */
export const linesOf = ({ tally, faults, questions, evictions, memory }: SoakReport): readonly string[] => [
  `  requests       ${tally.requests}`,
  ...[...tally.kinds]
    .sort(([, left], [, right]) => right - left)
    .map(([kind, count]) => `    ${String(count).padStart(9)}  ${kind}`),
  `  upstream keys  ${questions}`,
  `  evictions      ${evictions}`,
  `  slowest        ${Math.round(tally.slowest.ms)} ms, ${tally.slowest.what}`,
  ...memoryLines(memory),
  `  fingerprint    ${tally.fingerprint}`,
  ...faultLines(faults),
];

/** The report of plays through the endpoint in lines for people. */
export const linesOfEndpoint = (report: EndpointReport): readonly string[] => [
  `  operations     ${report.operations}`,
  `  plays          ${report.plays}`,
  `  reads judged   ${report.reads}`,
  `  writes         ${report.writes}`,
  `  from memory    ${report.hits}`,
  ...memoryLines(report.memory),
  ...faultLines(report.faults),
];

const memoryLines = (memory: readonly MemorySample[]): readonly string[] =>
  memory.map(
    ({ requests, residentBytes, heapBytes }) =>
      `  memory         after ${requests}: resident ${mebibytes(residentBytes)}${
        heapBytes === undefined ? '' : `, heap ${mebibytes(heapBytes)}`
      }`,
  );

const faultLines = (faults: readonly string[]): readonly string[] => [
  `  faults         ${faults.length}`,
  ...faults.slice(0, 20).map((fault) => `    ${fault}`),
];

const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
