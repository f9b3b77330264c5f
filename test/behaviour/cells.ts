import { CACHE_STATES, type CacheState, DIRECTIVES, type Directive, keysOf, type Row } from './vocabulary.ts';

/** One combination with its answer. */
export interface Cell<Situation> {
  readonly situation: Situation;
  readonly cacheState: CacheState;
  readonly directive: Directive;
  readonly row: Row<Situation>;
}

/** Every combination of situation, cache entry and directive. @throws if a combination has no row, or several */
export const cellsOf = <Situation extends string>(
  rows: readonly Row<Situation>[],
  situations: readonly Situation[],
): readonly Cell<Situation>[] =>
  situations.flatMap((situation) =>
    keysOf(CACHE_STATES).flatMap((cacheState) =>
      keysOf(DIRECTIVES).map((directive) => ({
        situation,
        cacheState,
        directive,
        row: onlyRow(rows, situation, cacheState, directive),
      })),
    ),
  );

const onlyRow = <Situation extends string>(
  rows: readonly Row<Situation>[],
  situation: Situation,
  cacheState: CacheState,
  directive: Directive,
): Row<Situation> => {
  const fitting = rows.filter(
    (row) =>
      row.situations.includes(situation) &&
      row.cacheStates.includes(cacheState) &&
      row.directives.includes(directive),
  );
  const [row, ...others] = fitting;
  if (row !== undefined && others.length === 0) return row;
  throw new Error(
    `${fitting.length} rows instead of one for: ${situation}, cache holds ${cacheState}, request has ${directive}`,
  );
};
