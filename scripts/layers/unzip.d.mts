export interface ZippedFile {
  readonly bytes: Uint8Array;
  readonly mode: number;
}
export const readZip: (zip: Uint8Array) => ReadonlyMap<string, ZippedFile>;
export const unpackedLayer: (name: string) => string;
