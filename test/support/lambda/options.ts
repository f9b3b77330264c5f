/** How a process is started: with nothing inherited, in a process group of its own. */
export interface ProcessSpec {
  /** The absolute path of an executable, started without arguments as Lambda does; or a program and its arguments, where a test needs that. */
  readonly command: string | readonly [string, ...string[]];
  /** Added to what Lambda itself sets, or in place of it. */
  readonly env?: Readonly<Record<string, string>>;
  /** `/` by default. */
  readonly cwd?: string;
}

/** A file in `/opt/extensions`. */
export interface ExtensionSpec extends ProcessSpec {
  /** The file's name, under which the process must register. */
  readonly name: string;
}

export interface HandlerContext {
  readonly requestId: string;
  /** Wall time in milliseconds. */
  readonly deadlineMs: number;
}

/** A function that runs inside the test; what it throws is reported as its error. */
export type Handler = (event: unknown, context: HandlerContext) => unknown;

export interface LambdaOptions {
  /** The extension that is looked at. */
  readonly extension: ExtensionSpec;
  readonly otherExtensions?: readonly ExtensionSpec[];
  /** The function; it answers its event by default. */
  readonly handler?: Handler;
  /** The function as a process that speaks to the Runtime API, instead of `handler`. */
  readonly functionProcess?: ProcessSpec;
  /** A port of 127.0.0.1 that is tried whenever somebody registers; the journal tells whether it was open. */
  readonly port?: number;
  readonly initializationType?:
    | 'on-demand'
    | 'provisioned-concurrency'
    | 'snap-start'
    | 'lambda-managed-instances';
  /** Whether extensions may not subscribe to INVOKE; by default only on Managed Instances. */
  readonly refuseInvoke?: boolean;
  /** The function's time-out, 10 s by default. */
  readonly timeoutMs?: number;
  /** 10 s by default, as in Lambda. */
  readonly initTimeoutMs?: number;
  /** How long a shutdown may take, 2 s by default, as in Lambda. */
  readonly shutdownMs?: number;
  /** 128 by default. */
  readonly memoryMiB?: number;
  /** `eu-west-1` by default. */
  readonly region?: string;
}
