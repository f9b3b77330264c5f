import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { Scope } from './command.ts';

/** What a file says; if there are problems, `tables` is incomplete. */
export interface CheckedConfig {
  readonly tables: readonly TableSpec[];
  /** One line each: where, what was given, what is allowed. */
  readonly problems: readonly string[];
}

/** Finds the one of `names` that was probably meant; undefined if none is near. */
export type NameFinder = (given: string, names: readonly string[]) => string | undefined;

/** What is used of `process.stdout` and `process.stderr`. */
export interface TextSink {
  write(text: string): unknown;
}

/** What the commands do their work with. */
export interface Tools {
  /** Reads the file at `path`, or standard input for `-`. Rejects for nothing that can be wrong with a file. */
  checkConfig(path: string): Promise<CheckedConfig>;
  /** The IAM policy for the tables, which is printed as JSON. */
  policyFor(tables: readonly TableSpec[], scope: Scope & { readonly preloads: boolean }): Promise<object>;
  /** Serves until a signal ends it, and resolves with the exit status. */
  serve(path: string | undefined, port: string | undefined): Promise<number>;
  version(): Promise<string>;
  readonly nearestName: NameFinder;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}
