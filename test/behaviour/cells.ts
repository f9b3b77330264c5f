import { keysOf, MEMORIES, type Memory, type Row, WISHES, type Wish } from './vocabulary.ts';

/** One combination with its answer. */
export interface Cell<Situation> {
  readonly situation: Situation;
  readonly memory: Memory;
  readonly wish: Wish;
  readonly row: Row<Situation>;
}

/** Every combination of the situations with what memory may have and requests may say. @throws if a combination has no row, or several */
export const cellsOf = <Situation extends string>(
  rows: readonly Row<Situation>[],
  situations: readonly Situation[],
): readonly Cell<Situation>[] =>
  situations.flatMap((situation) =>
    keysOf(MEMORIES).flatMap((memory) =>
      keysOf(WISHES).map((wish) => ({
        situation,
        memory,
        wish,
        row: onlyRow(rows, situation, memory, wish),
      })),
    ),
  );

const onlyRow = <Situation extends string>(
  rows: readonly Row<Situation>[],
  situation: Situation,
  memory: Memory,
  wish: Wish,
): Row<Situation> => {
  const fitting = rows.filter(
    (row) => row.situations.includes(situation) && row.memories.includes(memory) && row.wishes.includes(wish),
  );
  const [row, ...others] = fitting;
  if (row !== undefined && others.length === 0) return row;
  throw new Error(`${fitting.length} rows for: ${situation}, memory has ${memory}, the request says ${wish}`);
};
