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
}
