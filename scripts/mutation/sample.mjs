import { createHash } from 'node:crypto';

/*
 * A random sample of mutants. Each mutant is drawn by itself: a sample of lines or files would miss the mutants that span
 * several lines, and those of one place tend to be detected together, so that their number says less than it seems to.
 */

/**
 * Whether a mutant is in the sample. A mutant of a sample is in every larger sample with the same seed too.
 *
 * @param seed any text or number
 * @param percent of all mutants, above 0 and at most 100
 * @param id Stryker's number of the mutant: the same for the same files
 */
export const isSampled = ({ seed, percent }, id) => {
  const digest = createHash('sha256').update(`${seed} ${id}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48 < percent / 100;
};

/** Of the normal distribution, for 95 %. */
const Z = 1.959964;

/**
 * The 95 % confidence interval of a share, in percent, by Wilson's method: it stays within 0 and 100, also for few mutants.
 *
 * @param hits of `total`, which is above 0
 * @returns the least and the greatest value
 */
export const confidenceInterval = (hits, total) => {
  const share = hits / total;
  const weight = Z ** 2 / total;
  const middle = (share + weight / 2) / (1 + weight);
  const reach = (Z * Math.sqrt((share * (1 - share)) / total + weight / total / 4)) / (1 + weight);
  return [100 * Math.max(0, middle - reach), 100 * Math.min(1, middle + reach)];
};
