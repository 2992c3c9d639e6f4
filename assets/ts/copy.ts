/** A button that copies what stands in a field. It shows only where the browser can do so. */
export function copies(): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-zd-copy]')) {
    const field = document.getElementById(button.dataset.zdCopy ?? '');
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        const word = button.querySelector('[role=status]');
        if (word) word.textContent = button.dataset.zdCopied ?? '';
      } catch {
        field.select(); // the page may not: she copies by hand
      }
    });
  }
}
