export const VALUE_BYTES: number;
export const TOKEN: string;
export const TOKEN_HEADER: string;

export const valuesYaml: (count: number) => string;

export const VALUE_ROUTES: readonly {
  readonly title: string;
  readonly isCompatible: boolean;
  readonly targetOf: (number: number) => string;
}[];
