/** Forms: submit once, show the size of chosen files, show the progress of an upload, plus and minus. */
export function forms(): void {
  document.addEventListener('submit', (e) => {
    const form = e.target as HTMLFormElement;
    if (e.defaultPrevented) return;
    if (form.matches('[data-zd-once]')) {
      if (form.dataset.zdSent) { e.preventDefault(); return; }
      form.dataset.zdSent = '1';
    }
    if (form.matches('[data-zd-upload]') && chosen(form)) { e.preventDefault(); upload(form, (e as SubmitEvent).submitter); }
    // Disabled only after the browser has read the values, or the pressed button would not be sent.
    if (form.matches('[data-zd-once]')) setTimeout(() => lock(form, true), 0);
  });
  // Back to a page kept by the browser: the form may be sent again, under the same key.
  addEventListener('pageshow', () => document.querySelectorAll<HTMLFormElement>('form[data-zd-once]').forEach((f) => { delete f.dataset.zdSent; lock(f, false); }));
  document.addEventListener('change', (e) => {
    const input = e.target as HTMLInputElement;
    if (input.matches('input[type=file][data-zd-max]')) sizes(input);
    if (input.matches('[data-zd-submit-on-change]')) input.form?.requestSubmit();
  });
  document.addEventListener('click', (e) => {
    const step = (e.target as Element).closest<HTMLElement>('[data-zd-step]');
    const field = step && document.getElementById(step.dataset.zdFor ?? '') as HTMLInputElement | null;
    if (step && field) field.value = String(Math.max(0, (Number(field.value) || 0) + Number(step.dataset.zdStep)));
    if ((e.target as Element).closest('[data-zd-print]')) print();
  });
}

function lock(form: HTMLFormElement, on: boolean): void {
  form.querySelectorAll<HTMLButtonElement>('button[type=submit], button:not([type])').forEach((b) => {
    if (on) { b.setAttribute('aria-disabled', 'true'); b.disabled = true; } else if (b.getAttribute('aria-disabled')) { b.disabled = false; b.removeAttribute('aria-disabled'); }
    const busy = b.dataset.zdBusy;
    const label = b.querySelector<HTMLElement>('.zd-word');
    if (busy && label) {
      label.dataset.zdWord ??= label.textContent ?? '';
      label.textContent = on ? busy : label.dataset.zdWord;
    }
  });
}

const megabyte = 1 << 20;
function human(bytes: number): string {
  return bytes >= megabyte ? `${(bytes / megabyte).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

function sizes(input: HTMLInputElement): void {
  const said = document.getElementById(input.id + '-picked');
  const files = [...(input.files ?? [])];
  const max = Number(input.dataset.zdMax);
  const tooBig = max > 0 && files.find((f) => f.size > max);
  input.setCustomValidity(tooBig ? (input.dataset.zdTooBig ?? '').replace('{size}', human(tooBig.size)).replace('{max}', human(max)) : '');
  if (said) said.textContent = files.map((f) => `${f.name}  ${human(f.size)}`).join('\n');
  if (tooBig) input.reportValidity();
}

function chosen(form: HTMLFormElement): boolean {
  return [...form.querySelectorAll<HTMLInputElement>('input[type=file]')].some((i) => (i.files?.length ?? 0) > 0);
}

function upload(form: HTMLFormElement, by: HTMLElement | null): void {
  const bar = form.querySelector<HTMLProgressElement>('progress[data-zd-sent]');
  const send = new XMLHttpRequest();
  send.open('POST', form.action);
  send.upload.addEventListener('progress', (e) => {
    if (bar && e.lengthComputable) { bar.hidden = false; bar.max = e.total; bar.value = e.loaded; }
  });
  send.addEventListener('load', () => {
    if (send.responseURL && send.responseURL !== form.action) { location.assign(send.responseURL); return; }
    const answer = new DOMParser().parseFromString(send.responseText, 'text/html').querySelector('main');
    if (answer) { document.querySelector('main')?.replaceWith(answer); document.querySelector<HTMLElement>('.zd-errs')?.focus(); } else location.reload();
  });
  // Sent again the plain way when the line breaks: the browser then says itself what is wrong.
  send.addEventListener('error', () => { delete form.dataset.zdSent; lock(form, false); if (bar) bar.hidden = true; form.querySelector<HTMLElement>('[data-zd-offline]')?.removeAttribute('hidden'); });
  const data = new FormData(form);
  if (by instanceof HTMLButtonElement && by.name) data.append(by.name, by.value);
  send.send(data);
}
