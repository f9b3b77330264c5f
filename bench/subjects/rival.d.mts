export const rivalOf: (
  env: Readonly<Record<string, string | undefined>>,
) => { readonly command: readonly string[]; readonly port: number } | undefined;
