const soonest = 1000;

/** Progress that draws itself anew: the part named by data-zd-poll is fetched until it comes back without that name. */
export function poll(area: ParentNode): void {
  const parts = [...area.querySelectorAll<HTMLElement>('[data-zd-poll]')];
  if (area instanceof HTMLElement && area.dataset.zdPoll) parts.push(area);
  for (const part of parts) later(part, 0);
}

function later(part: HTMLElement, failed: number): void {
  const every = Math.max(soonest, Number(part.dataset.zdEvery) || 2000) * Math.min(8, 2 ** failed);
  setTimeout(async () => {
    if (!part.isConnected) return;
    if (document.hidden) { later(part, failed); return; }
    try {
      const answer = await fetch(part.dataset.zdPoll ?? '', { headers: { 'Zd-Fragment': '1' }, credentials: 'same-origin' });
      if (answer.status === 401 || answer.redirected) { location.reload(); return; }
      if (!answer.ok) { later(part, failed + 1); return; }
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html').body.firstElementChild as HTMLElement | null;
      if (!next) { later(part, failed + 1); return; }
      part.replaceWith(next);
      if (next.dataset.zdGo) location.assign(next.dataset.zdGo);
      poll(next);
    } catch { later(part, failed + 1); }
  }, every);
}
