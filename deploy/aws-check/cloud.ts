import type { Findings, ProbeEvent } from './probe.ts';

/** The functions of the stack, as `plan.json` describes them. */
export const FUNCTIONS = [
  'Node',
  'Standalone',
  'SnapStart',
  'Denied',
  'Unreachable',
  'SdkEndpoint',
  'Wrapper',
  'Values',
  'Ports',
  'FleetWriter',
  'FleetReader',
] as const;

export type FunctionId = (typeof FUNCTIONS)[number];

/** The tables of the stack, by the variables that name them. */
export type TableId = 'CHECK_THINGS' | 'CHECK_BRIEF' | 'CHECK_SHARED';

/** Attributes by their names: texts as strings, numbers by their digits. */
export interface Item {
  readonly id: string;
  readonly version: number;
  /** All digits of a number. */
  readonly exact?: string;
}

export interface Invocation {
  readonly findings: Findings;
  /** Milliseconds of the initialization or of the restore from a snapshot; absent if the environment existed. */
  readonly startMs: number | undefined;
}

/** What the checks need of AWS. */
export interface Cloud {
  /** @throws {Error} if the function failed */
  invoke(fn: FunctionId, event: ProbeEvent): Promise<Invocation>;
  /** The next invocation starts in a new execution environment. */
  renew(fn: FunctionId): Promise<void>;
  /** Denies the role of the function all reads of DynamoDB, or no longer. It may take effect later. */
  deny(fn: FunctionId, isDenied: boolean): Promise<void>;
  /** Writes without the extension. */
  putItem(table: TableId, item: Item): Promise<void>;
  wait(ms: number): Promise<void>;
}
