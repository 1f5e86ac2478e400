// TypeScript sources name each other by the file they are compiled to ("./money.js"); Jest reads the sources themselves.
module.exports = (request, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes('node_modules')) {
    try {
      return options.defaultResolver(request.replace(/\.js$/, '.ts'), options);
    } catch {
      // A plain JavaScript file after all.
    }
  }
  return options.defaultResolver(request, options);
};
