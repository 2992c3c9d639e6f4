/** What somebody with an account types is sent to the server after a moment, and when the page is left: it goes on at another device. */
export function keeping(sheet: HTMLFormElement, words: Record<string, string>): void {
  const said = sheet.querySelector<HTMLElement>('[data-zd-kept]');
  let later = 0;
  const fields = () => {
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(sheet)) if (typeof value === 'string') sent.append(name, value);
    sent.set('do', 'keep');
    return sent;
  };
  const keep = async () => {
    later = 0;
    const answer = await fetch(sheet.action, { method: 'POST', body: fields(), credentials: 'same-origin' }).catch(() => undefined);
    if (said && answer?.ok) said.textContent = words.kept ?? '';
  };
  sheet.addEventListener('input', () => { clearTimeout(later); later = window.setTimeout(() => void keep(), 2000); });
  addEventListener('pagehide', () => { if (later && !sheet.dataset.zdSent) navigator.sendBeacon(sheet.action, fields()); });
}
