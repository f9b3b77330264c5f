import * as v from 'valibot';

const healthSchema = v.object({
  counts: v.object({
    hits: v.number(),
    staleHits: v.number(),
    misses: v.number(),
    collapsed: v.number(),
    sourceReads: v.number(),
  }),
  store: v.object({ entries: v.number(), bytes: v.number(), maxBytes: v.number() }),
  preload: v.array(v.object({ group: v.string(), state: v.string(), entries: v.number() })),
});

/** The part of `GET /health` that the demo speaks of. */
export type Health = v.InferOutput<typeof healthSchema>;

/** Asks the extension how it is; the answer waits until it serves. */
export const readHealth = async (port: number): Promise<Health> => {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  return v.parse(healthSchema, await response.json());
};

/** Whether the loading before the first request is over, well or not. */
export const hasPreloaded = ({ preload }: Health): boolean =>
  preload.every(({ state }) => state !== 'waiting' && state !== 'running');
