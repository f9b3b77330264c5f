/**
 * Makes what frees at once the memory of what was allocated lately and is no longer in use. Of bytes that only pass through
 * a runtime itself lets tens of megabytes lie: to its collector, the objects that stand for them are small. On V8 it takes
 * less than a millisecond; Bun has no collection of what is young alone, and takes some more.
 */
export const memorySweeper = async (): Promise<() => void> => sweeperOfBun() ?? (await sweeperOfV8());

const sweeperOfBun = (): (() => void) | undefined => {
  const bun: unknown = Reflect.get(globalThis, 'Bun');
  if (typeof bun !== 'object' || bun === null || !('gc' in bun) || !isCollector(bun.gc)) return undefined;
  const { gc } = bun;
  return () => gc(true);
};

const sweeperOfV8 = async (): Promise<() => void> => {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ]);
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  return isCollector(collect) ? () => collect({ type: 'minor' }) : () => undefined;
};

type Collector = (options: true | { readonly type: 'minor' }) => unknown;

const isCollector = (value: unknown): value is Collector => typeof value === 'function';
