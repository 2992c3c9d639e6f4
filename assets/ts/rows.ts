function typing(): boolean {
  const at = document.activeElement as HTMLElement | null;
  return !!at && (/^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && (at as HTMLInputElement).type !== 'checkbox' || at.isContentEditable);
}

/** Keys on lists: "/" searches, J and K walk the rows, X picks, Enter opens; and the box that picks all. */
export function rows(): void {
  let at = -1;
  const list = () => [...document.querySelectorAll<HTMLTableRowElement>('[data-zd-rows] tbody tr')].filter((r) => r.querySelector('a[data-zd-open], td.t a'));
  const go = (to: number) => {
    const all = list();
    if (!all.length) return;
    at = Math.max(0, Math.min(all.length - 1, to));
    all.forEach((r, i) => r.classList.toggle('zd-cur', i === at));
    const link = all[at].querySelector<HTMLAnchorElement>('a[data-zd-open], td.t a');
    link?.focus();
    all[at].scrollIntoView({ block: 'nearest' });
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing()) return;
    const key = e.key.toLowerCase();
    if (key === '/') {
      const find = document.querySelector<HTMLInputElement>('.zd-find input');
      if (find) { e.preventDefault(); find.focus(); find.select(); }
    } else if (key === 'j') go(at + 1);
    else if (key === 'k') go(at - 1);
    else if (key === 'x' && at >= 0) list()[at]?.querySelector<HTMLInputElement>('[data-zd-row]')?.click();
    else if (key === 'enter' && at >= 0 && document.activeElement === document.body) list()[at]?.querySelector<HTMLAnchorElement>('a[data-zd-open], td.t a')?.click();
  });
  for (const all of document.querySelectorAll<HTMLInputElement>('[data-zd-all]')) count(areaOf(all), null); // back on a page with boxes ticked
  document.addEventListener('change', (e) => {
    const box = e.target as HTMLInputElement;
    if (!box.matches('[data-zd-all], [data-zd-row]')) return;
    count(areaOf(box), box);
  });
}

function areaOf(box: Element): Element { return box.closest('form, section') ?? document.body; }

function count(area: Element, changed: HTMLInputElement | null): void {
  const boxes = [...area.querySelectorAll<HTMLInputElement>('[data-zd-row]')];
  const all = area.querySelector<HTMLInputElement>('[data-zd-all]');
  if (all && changed === all) boxes.forEach((b) => { b.checked = all.checked; });
  const n = boxes.filter((b) => b.checked).length;
  if (all) { all.checked = n > 0 && n === boxes.length; all.indeterminate = n > 0 && n < boxes.length; }
  area.querySelectorAll<HTMLButtonElement>('[data-zd-bulk]').forEach((b) => { b.disabled = n === 0; });
  const said = area.querySelector<HTMLElement>('[data-zd-picked]');
  if (said) said.textContent = (said.dataset.zdPicked ?? '').replace('{n}', String(n));
}
