export interface TracedFile {
  readonly path: string;
  readonly functions: readonly (readonly [name: string, line: number])[];
}
export type TraceRecord = readonly [kind: string, file: number, fn: number, frame: number, us: number];
export class Recorder {
  answered(): void;
  start(): void;
  stop(): { readonly files: readonly TracedFile[]; readonly records: readonly TraceRecord[] };
}
