// Keeps of a stylesheet only the rules whose classes are named somewhere in our own pages and scripts.
// Class names in pages must therefore be written whole, never put together from pieces.

/** Splits a minified stylesheet into its top-level rules: [prelude, body] or [statement, null]. */
export function rules(css) {
  const out = [];
  let i = 0;
  const skipString = (quote) => { i++; while (i < css.length && css[i] !== quote) { if (css[i] === '\\') i++; i++; } };
  while (i < css.length) {
    const start = i;
    while (i < css.length && css[i] !== '{' && css[i] !== ';') { if (css[i] === '"' || css[i] === "'") skipString(css[i]); i++; }
    const prelude = css.slice(start, i).trim();
    if (css[i] !== '{') { i++; if (prelude) out.push([prelude, null]); continue; }
    const open = ++i;
    for (let depth = 1; i < css.length && depth; i++) {
      const c = css[i];
      if (c === '"' || c === "'") skipString(c);
      else if (c === '{') depth++;
      else if (c === '}') depth--;
    }
    out.push([prelude, css.slice(open, i - 1)]);
  }
  return out;
}

/** Splits a selector list at its outer commas. */
export function selectors(list) {
  const out = [];
  let depth = 0, last = 0;
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '(' || list[i] === '[') depth++;
    else if (list[i] === ')' || list[i] === ']') depth--;
    else if (list[i] === ',' && !depth) { out.push(list.slice(last, i)); last = i + 1; }
  }
  out.push(list.slice(last));
  return out.map((s) => s.trim());
}

const classOf = /\.(-?[_a-zA-Z][\w-]*(?:\\.[\w-]*)*)/g;

function wanted(selector, used) {
  const plain = selector.replace(/:not\([^)]*\)/g, '').replace(/\[[^\]]*\]/g, '');
  for (const m of plain.matchAll(classOf)) if (!used.has(m[1].replace(/\\/g, ''))) return false;
  return true;
}

export function purge(css, used) {
  let out = '';
  for (const [prelude, body] of rules(css.replace(/\/\*[\s\S]*?\*\//g, ''))) {
    if (body === null) { if (!prelude.startsWith('@charset')) out += prelude + ';'; continue; }
    if (/^@(media|supports|layer)/.test(prelude)) {
      const inner = purge(body, used);
      if (inner) out += `${prelude}{${inner}}`;
    } else if (prelude.startsWith('@keyframes')) {
      if (used.has(prelude.split(/\s+/)[1])) out += `${prelude}{${body}}`;
    } else if (prelude.startsWith('@')) {
      out += `${prelude}{${body}}`;
    } else {
      const keep = selectors(prelude).filter((s) => wanted(s, used));
      if (keep.length) out += `${keep.join(',')}{${body}}`;
    }
  }
  return out;
}
