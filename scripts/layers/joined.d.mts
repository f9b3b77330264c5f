/** What of a metafile of esbuild is looked at. */
export interface Outputs {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly entryPoint?: string;
        readonly imports: readonly {
          readonly path: string;
          readonly kind: string;
          readonly external?: boolean;
        }[];
      }
    >
  >;
}
export const joined: (
  codes: ReadonlyMap<string, string>,
  metafile: Outputs,
  starts: readonly string[],
) => Map<string, string>;
