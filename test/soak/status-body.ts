import type { Status } from '../../src/ports/inbound/status-reader.ts';

/** What `/health` says. */
export const statusIn = (body: string): Status => {
  const status: Status = JSON.parse(body);
  return status;
};

/** What is wrong with a store in this state. */
export const faultsOfStore = ({ store }: Status, maxBytes: number): readonly string[] => {
  if (store.maxBytes !== maxBytes) return [`the bound of the store is ${store.maxBytes}, not ${maxBytes}`];
  return store.bytes > maxBytes
    ? [`the store holds ${store.bytes} bytes, more than its bound of ${maxBytes}`]
    : [];
};
