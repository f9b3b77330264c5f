export interface Place {
  readonly case?: string;
  readonly contender?: string;
  readonly metric?: string;
}

export interface Budget {
  readonly suite: string;
  readonly promise: string;
  readonly case: string;
  readonly contender: string;
  readonly metric: string;
  readonly against?: Place;
  readonly most?: number;
  readonly least?: number;
}

export interface Sample {
  readonly round: number;
  readonly case: string;
  readonly contender: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface Result {
  readonly samples: readonly Sample[];
  readonly skipped?: readonly { readonly contender: string; readonly reason: string }[];
}

export interface Judged {
  readonly promise: string;
  readonly limit: string;
  readonly value?: number;
  readonly state: 'holds' | 'missed' | 'no goal' | 'skipped' | 'not measured';
  readonly skipped?: string;
}

export const readBudgets: () => readonly Budget[];
export const judge: (budgets: readonly Budget[], suite: string, result: Result) => readonly Judged[];
export const verdicts: (judged: readonly Judged[]) => readonly string[];
