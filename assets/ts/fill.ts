// A form being filled in, live. The page works without this file, and the server has the last word on everything.
import { Live } from './form/live';
import { keeping } from './form/keep';
import { locating } from './form/locate';
import { photos, signatures } from './form/photo';
import type { Survey } from './form/survey';

async function start(sheet: HTMLFormElement): Promise<void> {
  const answer = await fetch(sheet.dataset.zdFill ?? '', { credentials: 'same-origin' });
  if (!answer.ok) return;
  new Live(sheet, await answer.json() as Survey);
}

const sheet = document.querySelector<HTMLFormElement>('form[data-zd-fill]');
if (sheet) {
  const words = JSON.parse(sheet.dataset.zdWords ?? '{}') as Record<string, string>;
  locating(sheet, words);
  photos(sheet, words);
  signatures(sheet);
  if (sheet.dataset.zdKeeps !== undefined) keeping(sheet, words);
  void start(sheet).catch(() => { /* without the form the page works as it does without scripts */ });
}
