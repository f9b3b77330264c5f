export declare const PAGE: string;
export declare const estimatePage: () => Promise<string>;
