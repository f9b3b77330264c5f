/** Where the tables are that a policy is for; what is absent is not known. */
export interface Scope {
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
}

/** What the caller wants done. A path of `-` is standard input. */
export type Command =
  | { readonly kind: 'help'; readonly of: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'validate'; readonly path: string }
  | { readonly kind: 'policy'; readonly path: string; readonly preloads: boolean; readonly scope: Scope }
  /** Path and port are absent where the environment has the say. */
  | { readonly kind: 'start'; readonly path: string | undefined; readonly port: string | undefined };

export type CommandName = 'validate' | 'policy' | 'start';
