/** Ways to set a piece of text apart. */
export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  asked(text: string): string;
}

/** Colours for a terminal, unless NO_COLOR is set; anybody else gets the text as it is. */
export const paletteFor = (out: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Palette =>
  out.isTTY === true && !env.NO_COLOR ? COLOURED : PLAIN;

const between = (start: number, end: number) => (text: string) => `\x1b[${start}m${text}\x1b[${end}m`;

const COLOURED: Palette = {
  bold: between(1, 22),
  dim: between(2, 22),
  good: between(32, 39),
  bad: between(31, 39),
  asked: between(36, 39),
};

const asItIs = (text: string) => text;

const PLAIN: Palette = { bold: asItIs, dim: asItIs, good: asItIs, bad: asItIs, asked: asItIs };
