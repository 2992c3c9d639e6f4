package org

// Table names the organisations, as alias o, in statements of other nouns that list their rows in the order of the tree
// or show where each belongs. Its columns city, id, path and name are promised.
const Table = `org o`
