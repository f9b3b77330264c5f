export const parametersStart: (how: {
  readonly command: readonly string[];
  readonly path: string;
  readonly folder: string;
  readonly endpoint: string;
}) => Promise<{ readonly env: Readonly<Record<string, string>> }>;
