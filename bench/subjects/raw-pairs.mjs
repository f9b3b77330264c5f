/** The headers of a message of `node:http`, as pairs, without those named in `left`, which are in lower case. */
export const pairsOf = ({ rawHeaders }, left) => {
  const pairs = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = rawHeaders.slice(index, index + 2);
    if (!left.has(name.toLowerCase())) pairs.push([name, value]);
  }
  return pairs;
};
