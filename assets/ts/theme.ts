const year = 31536000;

/** Light and dark by button; the choice is a cookie, so that the server draws the next page right from the start. */
export function theme(): void {
  document.addEventListener('click', (e) => {
    if (!(e.target as Element).closest('[data-zd-theme]')) return;
    const root = document.documentElement;
    const next = root.getAttribute('data-bs-theme') === 'dark' ? 'light' : 'dark';
    root.setAttribute('data-bs-theme', next);
    document.cookie = `zd-theme=${next}; path=/; max-age=${year}; samesite=lax`;
  });
  for (const b of document.querySelectorAll<HTMLElement>('[data-zd-theme]')) b.hidden = false;
}
