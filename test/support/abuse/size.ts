import process from 'node:process';

/** Whether attacks run at full size: `npm run abuse`. The ordinary run uses smaller ones with the same bounds. */
export const IS_FULL_SIZE = process.env.ABUSE === 'full';

/** Prints a measured figure, one line each, when attacks run at full size. */
export const reportFigure = (name: string, value: string | number): void => {
  if (IS_FULL_SIZE) process.stderr.write(`figure: ${name}: ${value}\n`);
};
