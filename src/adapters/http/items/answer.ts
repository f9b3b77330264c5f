/** Answers a request that the guards let through; throws a `CacheError`, at once or by rejection. */
export type Answer = (request: Request) => Response | Promise<Response>;
