/** The text that names the tables and what its file is called, or why there is none to be read. */
export type ConfigText = { readonly path: string; readonly text: string } | { readonly problem: string };

/** More than any file needs. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** The text of `bytes`. */
export const configText = (path: string, bytes: Uint8Array): ConfigText => {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: `${path} is not UTF-8 text; allowed: YAML in UTF-8` };
  }
};
