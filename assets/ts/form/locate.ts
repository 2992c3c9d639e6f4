/** Buttons that put the device's position into a field, or one more into a line or an area. */
export function locating(root: HTMLElement, words: Record<string, string>): void {
  if (!navigator.geolocation) return;
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-zd-locate]')) {
    const field = document.getElementById(button.dataset.zdLocate ?? '') as HTMLInputElement | null;
    if (!field) continue;
    button.hidden = false;
    const said = document.createElement('p');
    said.className = 'zd-help';
    said.setAttribute('role', 'status');
    button.after(said);
    button.addEventListener('click', () => {
      said.textContent = words.locating ?? '';
      navigator.geolocation.getCurrentPosition((p) => {
        const { latitude, longitude, altitude, accuracy } = p.coords;
        const at = [latitude.toFixed(6), longitude.toFixed(6), (altitude ?? 0).toFixed(1), accuracy.toFixed(1)].join(' ');
        field.value = button.dataset.zdSeveral === undefined || field.value.trim() === '' ? at : `${field.value.trim().replace(/;$/, '')};${at}`;
        said.textContent = '';
        field.dispatchEvent(new Event('change', { bubbles: true }));
      }, (e) => { said.textContent = (e.code === e.PERMISSION_DENIED ? words.locate_denied : words.locate_failed) ?? ''; }, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 });
    });
  }
}
