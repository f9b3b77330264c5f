/** What is used of esbuild's. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly bytes: number;
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
      }
    >
  >;
}
export const packageOf: (path: string) => string | undefined;
export const bytesByInput: (metafile: Metafile) => ReadonlyMap<string, number>;
