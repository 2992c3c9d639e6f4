/** A revealed field hides itself again after the time the server named (60 seconds). */
export function masks(area: ParentNode): void {
  for (const shown of area.querySelectorAll<HTMLElement>('[data-zd-hide-after]')) {
    const seconds = Number(shown.dataset.zdHideAfter) || 60;
    const hide = () => {
      shown.textContent = shown.dataset.zdMasked ?? '';
      shown.removeAttribute('data-zd-hide-after');
      document.querySelectorAll(`[data-zd-hide-note="${CSS.escape(shown.id)}"]`).forEach((n) => n.remove());
    };
    setTimeout(hide, seconds * 1000);
    addEventListener('pagehide', hide, { once: true }); // nor may the browser's own copy of the page keep it
  }
}
