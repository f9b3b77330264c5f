import type { EndpointReport } from './endpoint.ts';
import type { AnsweredRequest } from './generated-request.ts';

/** The state of memory at one point of the run. */
export interface MemorySample {
  readonly requests: number;
  readonly residentBytes: number;
  /** What the heap of this process holds after a collection; absent where none can be asked for. */
  readonly heapBytes?: number;
}

/** The least that a lost object takes is 16 bytes: a leak of one for every second request shows. */
const HEAP_BYTES_PER_REQUEST = 8;
/** Code that is compiled later, tables that grow in steps. */
const HEAP_SLACK_BYTES = 4 * 1_024 * 1_024;
/** The collector gives memory back late: the resident set of a process that leaks nothing swings by tens of MiB. */
const RESIDENT_SLACK_BYTES = 64 * 1_024 * 1_024;

/** What is wrong with how memory went from the middle of the run to its end. */
export const faultsOfGrowth = (samples: readonly MemorySample[]): readonly string[] => {
  const middle = samples[Math.floor((samples.length - 1) / 2)];
  const end = samples.at(-1);
  if (middle === undefined || end === undefined || end === middle) return [];
  const faults: string[] = [];
  const requests = end.requests - middle.requests;
  const resident = end.residentBytes - middle.residentBytes;
  if (resident > RESIDENT_SLACK_BYTES + HEAP_BYTES_PER_REQUEST * requests)
    faults.push(`the resident set grew by ${resident} bytes in the last ${requests} requests`);
  if (end.heapBytes === undefined || middle.heapBytes === undefined) return faults;
  const heap = end.heapBytes - middle.heapBytes;
  if (heap > HEAP_SLACK_BYTES + HEAP_BYTES_PER_REQUEST * requests)
    faults.push(`the heap grew by ${heap} bytes in the last ${requests} requests`);
  return faults;
};

/** Counts the answers. */
export class Tally {
  readonly kinds = new Map<string, number>();
  requests = 0;
  /** The longest that a reader waited, freezes included. */
  slowest = { ms: 0, what: 'nothing' };
  #fingerprint = 0x811c9dc5;

  add(kind: string, { received, request, headers }: AnsweredRequest, ms: number): void {
    this.requests += 1;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (ms > this.slowest.ms) this.slowest = { ms, what: `${request.method} ${request.target}: ${kind}` };
    this.#mix(`${received.order} ${kind} ${headers.get('age') ?? ''} ${headers.get('etag') ?? ''}`);
  }

  /** Equal for equal runs: all answers in their order, by FNV-1a. */
  get fingerprint(): string {
    return this.#fingerprint.toString(16).padStart(8, '0');
  }

  #mix(text: string): void {
    for (let index = 0; index < text.length; index += 1)
      this.#fingerprint = Math.imul(this.#fingerprint ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
}

/** What a run came to. */
export interface SoakReport {
  readonly tally: Tally;
  readonly faults: readonly string[];
  readonly reads: number;
  readonly evictions: number;
  /** At the beginning, and after each quarter. */
  readonly memory: readonly MemorySample[];
}

const MEBIBYTE = 1_024 * 1_024;

/** The report in lines for people. */
export const linesOf = ({ tally, faults, reads, evictions, memory }: SoakReport): readonly string[] => [
  `  requests       ${tally.requests}`,
  ...[...tally.kinds]
    .sort(([, left], [, right]) => right - left)
    .map(([kind, count]) => `    ${String(count).padStart(9)}  ${kind}`),
  `  upstream keys  ${reads}`,
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
