export const writeDocuments = () => undefined;
