// Small parts of pages.

type Child = Node | string | undefined | false;

/** An element with attributes and what lies in it; on… are listeners. */
export function h(tag: string, attributes: Record<string, unknown> = {}, ...inside: Child[]): HTMLElement {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value as EventListener);
    else e.setAttribute(name, value === true ? '' : String(value));
  }
  for (const c of inside) if (c) e.append(c);
  return e;
}

export function icon(name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', '/assets/sprite.svg#ti-' + name);
  svg.append(use);
  return svg;
}

/** A sentence with a sign before it, and what may be pressed behind it. */
export function note(tone: '' | 'ok' | 'soon' | 'bad', sign: string, text: string, ...more: Child[]): HTMLElement {
  return h('div', { class: `zd-note ${tone}`.trim() }, icon(sign), h('div', {}, text), ...more);
}
