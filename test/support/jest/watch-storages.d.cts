import type { AsyncLocalStorage } from 'node:async_hooks';

export function watchStorages(Storage: typeof AsyncLocalStorage): () => void;
