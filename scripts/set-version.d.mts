/** The version at each place that has it. */
export function writtenVersions(): readonly { readonly path: string; readonly version: string }[];
