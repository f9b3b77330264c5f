/** Returns the headers of a `node:http` message as pairs, without the lower-case names in `left`. */
export const pairsOf = ({ rawHeaders }, left) => {
  const pairs = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = rawHeaders.slice(index, index + 2);
    if (!left.has(name.toLowerCase())) pairs.push([name, value]);
  }
  return pairs;
};
