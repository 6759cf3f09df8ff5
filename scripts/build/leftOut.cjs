/** Stands in a bundle for a package that is never called there. */
module.exports = {}
