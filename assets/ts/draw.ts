// Drawing a form up: parts that the choice above them makes needless are hidden, questions move by keyboard, and whoever has
// moved one stays with it. The pages work without this file.
const moves: Record<string, string> = { ArrowUp: '[data-zd-up]', ArrowDown: '[data-zd-down]' };
const kept = 'zd-draw-move';

/** Parts that hold for one choice: data-zd-when="limit=formula". */
function parts(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-zd-when]')) {
    const [name, value] = part.dataset.zdWhen!.split('=');
    const all = [...document.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${name}"]`)];
    if (all.length === 0) continue;
    const show = () => { part.hidden = !all.some((one) => one.checked && one.value === value); };
    for (const one of all) one.addEventListener('change', show);
    show();
  }
}

/** The value beside a test is there for tests that need one. */
function tests(): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-zd-test]')) {
    const chosen = row.querySelector('select')!;
    const value = row.querySelector('input')!;
    const show = () => { value.hidden = chosen.selectedOptions[0]?.dataset.zdTyped === undefined; };
    chosen.addEventListener('change', show);
    show();
  }
}

/** Alt and an arrow move the question in which one is; after the page has come back one is there again. */
function moving(list: HTMLElement): void {
  const button = (row: Element | null, which: string) => row?.querySelector<HTMLButtonElement>(`:scope > .row ${which}`);
  list.addEventListener('keydown', (e) => {
    const which = e.altKey ? moves[e.key] : undefined;
    const found = which && button((e.target as Element).closest('[data-zd-row]'), which);
    if (!found || found.disabled) return;
    e.preventDefault();
    found.click();
  });
  list.addEventListener('click', (e) => {
    for (const which of Object.values(moves)) if ((e.target as Element).closest(which)) sessionStorage.setItem(kept, which);
  });
  const which = sessionStorage.getItem(kept);
  sessionStorage.removeItem(kept);
  const row = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!row) return;
  const back = which && button(row, which);
  const focus = () => (back && !back.disabled ? back : row.querySelector<HTMLElement>('a'))?.focus();
  addEventListener('load', () => setTimeout(focus, 0)); // the browser goes to the row itself first, and takes the focus along
}

parts();
tests();
const list = document.getElementById('draw');
if (list) moving(list);
