interface SortedTest {
  readonly path: string;
  readonly context: {
    readonly config: { readonly rootDir: string; readonly cache: boolean };
    readonly hasteFS: { getSize(path: string): number | null };
  };
}

declare class LongestFirst {
  constructor(options: object);
  sort<T extends SortedTest>(tests: readonly T[]): T[];
}

export = LongestFirst;
