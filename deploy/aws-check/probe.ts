import * as v from 'valibot';

/**
 * One thing that a probe does. `{NAME}` in a path stands for that variable of the function; `table` and `secret` name such a
 * variable.
 */
export type Step =
  | {
      /** Path and query of a GET to the extension. */
      readonly get: string;
      /** The port of an extension of AWS, or that of its variable; by default that of this extension. */
      readonly port?: 2773 | 2772;
      readonly headers?: Readonly<Record<string, string>>;
      /** How often; once by default. The answer has the body of the last one. */
      readonly times?: number;
      /** Sends the token that the routes of values require. */
      readonly token?: boolean;
      /** Compares the secret in the body with the one that the SDK reads, and answers without the body. */
      readonly secret?: string;
    }
  | { readonly sdkGet: { readonly table: string; readonly id: string } }
  | { readonly sdkPut: { readonly table: string; readonly id: string; readonly version: number } };

/** The event of a probe. Its functions are `functions/probe.mjs` and `functions/probe.py`. */
export interface ProbeEvent {
  readonly steps: readonly Step[];
}

const HealthSchema = v.object({
  /** Why there was no answer. */
  failure: v.optional(v.string()),
  status: v.optional(v.number()),
  counts: v.optional(v.object({ hits: v.number(), misses: v.number(), sourceReads: v.number() })),
  preload: v.optional(v.array(v.object({ group: v.string(), state: v.string() }))),
});

/** What `/health` answered. */
export type Health = v.InferOutput<typeof HealthSchema>;

const AnswerSchema = v.object({
  status: v.optional(v.number(), 0),
  /** In seconds. */
  age: v.optional(v.number(), 0),
  body: v.optional(v.string(), ''),
  /** Status and `Cache-Status` of each answer, in their order. */
  how: v.optional(v.array(v.string()), []),
  /** Milliseconds that the median answer took. */
  medianMs: v.optional(v.number(), 0),
  /** Whether the SDK reads the same secret. */
  isSame: v.optional(v.boolean()),
  /** Attribute of an item that the SDK read or wrote; null if the item does not exist. */
  version: v.optional(v.nullable(v.number())),
});

/** The outcome of one step. */
export type Answer = v.InferOutput<typeof AnswerSchema>;

const FindingsSchema = v.object({
  /** The same for all invocations of one execution environment. */
  environment: v.string(),
  /** Counted from 1 in each execution environment. */
  invocation: v.number(),
  runtime: v.string(),
  initializationType: v.string(),
  /** The endpoint of DynamoDB that the function's SDK uses; empty for that of the region. */
  endpoint: v.string(),
  /** During the initialization of the function. */
  atInit: HealthSchema,
  before: HealthSchema,
  after: HealthSchema,
  answers: v.array(AnswerSchema),
});

/** What a probe saw in one invocation. */
export type Findings = v.InferOutput<typeof FindingsSchema>;

/** @throws {Error} if a function answered something else, such as an error */
export const readFindings = (payload: unknown): Findings => {
  const { success, output } = v.safeParse(FindingsSchema, payload);
  if (success) return output;
  throw new Error(`the function answered ${JSON.stringify(payload).slice(0, 500)}`);
};
