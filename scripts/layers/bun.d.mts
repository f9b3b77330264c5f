export const bunVersion: string;
export const ensureBun: (architecture: 'x86_64' | 'arm64') => string;
