/** Codes of failures that keep the program from starting, and of what SDKs are told by type. No request meets them. */
export const NOT_FOR_CALLERS: readonly string[] = [
  'port_taken',
  'extensions_api_failed',
  'operation_refused',
];

/** The codes of errors in the texts of sources. */
export const codesIn = (sources: readonly string[]): readonly string[] => {
  const codes = sources.flatMap((source) =>
    [...source.matchAll(/\bcode(?: =|:) '([a-z_]+)'/g)].map(([, code = '']) => code),
  );
  return [...new Set(codes)].filter((code) => !NOT_FOR_CALLERS.includes(code)).sort();
};
