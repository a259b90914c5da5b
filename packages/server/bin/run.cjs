/* Apart from the programs, because Node 8 and older cannot parse `import()`. */
module.exports = function run(path) {
  return import(path);
};
