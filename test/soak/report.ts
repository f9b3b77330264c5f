import type { EndpointReport } from './endpoint.ts';
import type { AnsweredRequest } from './generated-request.ts';

/** The state of memory at one point of the run. */
export interface MemorySample {
  readonly requests: number;
  readonly residentBytes: number;
  /** The used heap after a collection; absent if the process cannot force one. */
  readonly heapBytes?: number;
}

/** An object takes at least 16 bytes: this finds a leak of one object for every second request. */
const HEAP_BYTES_PER_REQUEST = 8;
/** For code that is compiled late and tables that grow in steps. */
const HEAP_SLACK_BYTES = 4 * 1_024 * 1_024;
/** The collector returns memory late: without a leak, the resident set still varies by tens of MiB. */
const RESIDENT_SLACK_BYTES = 64 * 1_024 * 1_024;

/** Faults in the growth of memory from the middle of the run to its end. With two samples, there is no middle. */
export const faultsOfGrowth = (samples: readonly MemorySample[]): readonly string[] => {
  const middle = samples[Math.floor((samples.length - 1) / 2)];
  const end = samples.at(-1);
  if (samples.length < 3 || middle === undefined || end === undefined) return [];
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

/** Counts answers by kind. */
export class Tally {
  readonly kinds = new Map<string, number>();
  requests = 0;
  /** The longest wait of a reader, including freezes. */
  slowest = { ms: 0, what: 'nothing' };
  #fingerprint = 0x811c9dc5;

  add(kind: string, { received, request, headers }: AnsweredRequest, ms: number): void {
    this.requests += 1;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (ms > this.slowest.ms) this.slowest = { ms, what: `${request.method} ${request.target}: ${kind}` };
    this.#mix(`${received.order} ${kind} ${headers.get('age') ?? ''} ${headers.get('etag') ?? ''}`);
  }

  /** A hash (FNV-1a) of all answers in order: equal for equal runs. */
  get fingerprint(): string {
    return this.#fingerprint.toString(16).padStart(8, '0');
  }

  #mix(text: string): void {
    for (let index = 0; index < text.length; index += 1)
      this.#fingerprint = Math.imul(this.#fingerprint ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
}

/** The result of a run. */
export interface SoakReport {
  readonly tally: Tally;
  readonly faults: readonly string[];
  readonly reads: number;
  readonly evictions: number;
  /** At the start and after each quarter. */
  readonly memory: readonly MemorySample[];
}

const MEBIBYTE = 1_024 * 1_024;

/** The report as lines of text. */
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

/** The report of simulations through the endpoint in lines for people. */
export const linesOfEndpoint = (report: EndpointReport): readonly string[] => [
  `  operations     ${report.operations}`,
  `  simulations    ${report.simulations}`,
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
