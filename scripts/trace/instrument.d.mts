export const instrument: (sources: ReadonlyMap<string, string>) => Map<string, string>;
