export function statusPage(): Promise<string>;
