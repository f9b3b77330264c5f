export declare const TEMPLATE: string;
export declare const monitoringTemplate: () => Promise<string>;
