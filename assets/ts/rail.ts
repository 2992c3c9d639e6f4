/** The rail behind the menu button on narrow screens. Without scripts the button is a link to the rail and CSS shows it. */
export function rail(): void {
  const button = document.querySelector<HTMLElement>('[data-zd-menu]');
  const nav = document.getElementById('rail');
  if (!button || !nav) return;
  const set = (open: boolean) => {
    nav.classList.toggle('zd-open-rail', open);
    button.setAttribute('aria-expanded', String(open));
    if (open) nav.querySelector<HTMLElement>('a')?.focus();
    else if (location.hash === '#rail') history.replaceState(null, '', location.pathname + location.search);
  };
  button.setAttribute('role', 'button');
  set(false);
  button.addEventListener('click', (e) => { e.preventDefault(); set(!nav.classList.contains('zd-open-rail')); });
  button.addEventListener('keydown', (e) => { if (e.key === ' ') { e.preventDefault(); button.click(); } });
  nav.querySelector('[data-zd-close]')?.addEventListener('click', (e) => { e.preventDefault(); set(false); button.focus(); });
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape' && nav.classList.contains('zd-open-rail')) { set(false); button.focus(); } });
  groups(nav);
}

/** Groups of a long rail that somebody opened stay open from page to page, in this browser. */
function groups(nav: HTMLElement): void {
  const key = 'zd-rail-open';
  const read = (): string[] => { try { return JSON.parse(localStorage.getItem(key) ?? '[]') as string[]; } catch { return []; } };
  const opened = read();
  nav.querySelectorAll<HTMLDetailsElement>('details[data-zd-group]').forEach((d) => {
    const name = d.dataset.zdGroup ?? '';
    if (opened.includes(name)) d.open = true;
    d.querySelector('summary')?.addEventListener('click', () => {
      const others = read().filter((n) => n !== name);
      try { localStorage.setItem(key, JSON.stringify(d.open ? others : [...others, name])); } catch { /* a browser that keeps nothing */ }
    });
  });
}
