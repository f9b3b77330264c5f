import type { TracedFile, TraceRecord } from './recorder.mjs';
export interface FileOnPath {
  readonly path: string;
  readonly ring: string;
  readonly room: string;
  readonly us: number;
  readonly entered: number;
  readonly returns: number;
}
export interface Call {
  readonly depth: number;
  readonly path: string;
  readonly name: string;
  readonly line: number;
  readonly isContinued: boolean;
}
export interface Counts {
  readonly files: number;
  readonly returns: number;
  readonly bootstrapFiles: number;
  readonly us: number;
}
export const pathOf: (
  files: readonly TracedFile[],
  records: readonly TraceRecord[],
) => {
  readonly files: readonly FileOnPath[];
  readonly calls: readonly Call[];
  readonly afterAnswer: readonly string[];
};
export const usualPath: <Path extends { readonly files: readonly FileOnPath[] }>(
  paths: readonly Path[],
) => Path;
export const countsOf: (files: readonly FileOnPath[]) => Counts;
