export const whyNoRoot: () => string | undefined;
