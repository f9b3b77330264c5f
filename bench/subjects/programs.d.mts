export interface BareServer {
  readonly child: { stop(): Promise<void> };
  readonly port: number;
}

export const startBare: (
  name: 'bare-http' | 'bare-tcp',
  port: number,
  targets: readonly string[],
) => Promise<BareServer>;

export const startBareGo: (
  port: number,
  targets: readonly string[],
) => Promise<BareServer | { readonly unavailable: string }>;

export const startScriptedValues: () => Promise<{
  readonly child: { stop(): Promise<void> };
  readonly endpoint: string;
}>;
