/**
 * Notes each `AsyncLocalStorage` of this class in which something runs from now on.
 * Returns a function that disables those noted so far.
 */
const watchStorages = (Storage) => {
  const used = new Set();
  for (const name of ['run', 'enterWith']) {
    const original = Storage.prototype[name];
    Storage.prototype[name] = function (...args) {
      used.add(this);
      return original.apply(this, args);
    };
  }
  return () => {
    for (const storage of used) storage.disable();
    used.clear();
  };
};

module.exports = { watchStorages };
