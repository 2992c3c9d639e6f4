// A form that was taken along, on the page: drawn from what the server drew, repeated and filled with what was answered.
import { Live } from '../form/live';
import { locating } from '../form/locate';
import { signatures, smaller } from '../form/photo';
import { type Answers, type Around, FormRecord } from '../form/record';
import type { Survey } from '../form/survey';
import { h, icon } from './parts';

export interface Host {
  html: string; survey: Survey; answers?: Answers; around: Partial<Around>;
  words: Record<string, string>;
  changed: () => void;
  done: () => void;
  keep: (f: File) => Promise<string>; // a file, and what stands as the answer
  show: (value: string) => Promise<string | undefined>; // an address under which a picture is seen
  drop: (value: string) => void;
}

/** What a file's answer is called: id, dash, name. */
export const nameOf = (value: string): string => value.slice(27);

export class Sheet {
  private form!: HTMLFormElement;
  live!: Live;
  private step = 0;

  constructor(private root: HTMLElement, private host: Host) {
    const lang = Number(/data-zd-lang="(\d+)"/.exec(host.html)?.[1] ?? 0);
    this.host.around = { language: lang, ...host.around };
    this.draw(host.answers ?? new FormRecord(host.survey, { now, language: lang, ...host.around }).draft());
  }

  answers(): Answers { return this.live.record.draft(); }

  private draw(answers: Answers): void {
    this.root.innerHTML = this.host.html;
    this.form = this.root.querySelector('form')!;
    spread(this.form, answers, this.host.words.nth ?? '{n}');
    const words = { ...JSON.parse(this.form.dataset.zdWords ?? '{}') as Record<string, string>, ...this.host.words };
    put(this.form, answers);
    this.live = new Live(this.form, this.host.survey, { answers, around: this.host.around, redraw: (a) => { this.draw(a); this.host.changed(); }, changed: () => { this.turned(); this.host.changed(); } });
    put(this.form, answers); // choices that only the phone knows are there now
    locating(this.form, words);
    signatures(this.form);
    this.files(words);
    this.form.addEventListener('submit', (e) => { e.preventDefault(); this.pressed((e as SubmitEvent).submitter as HTMLButtonElement | null); });
    for (const b of this.form.querySelectorAll<HTMLButtonElement>('[data-zd-turn]')) b.addEventListener('click', () => this.turn(Number(b.dataset.zdTurn)));
    this.turned();
  }

  /** Takes what stands in the field that is being typed in: some browsers say that it changed only when it is left. */
  private settled(): void {
    const at = document.activeElement;
    if (at instanceof HTMLElement && this.form.contains(at)) at.dispatchEvent(new Event('change', { bubbles: true }));
  }

  // ---- steps

  private steps(): HTMLElement[] { return [...this.form.querySelectorAll<HTMLElement>('.zd-step')]; }

  private asks(step: HTMLElement): boolean {
    return [...step.querySelectorAll<HTMLElement>('.zd-q, .zd-add')].some((q) => { for (let at: HTMLElement | null = q; at && at !== step; at = at.parentElement) if (at.hidden) return false; return true; });
  }

  private turned(): void {
    const all = this.steps();
    all.forEach((s, i) => { s.hidden = i !== this.step; });
    const asked = all.map((s, i) => ({ i, asks: this.asks(s) || i === this.step })).filter((s) => s.asks).map((s) => s.i);
    const at = asked.indexOf(this.step);
    const [back, on] = [...this.form.querySelectorAll<HTMLButtonElement>('[data-zd-turn]')];
    const last = at === asked.length - 1;
    back.hidden = at <= 0;
    on.hidden = last;
    this.form.querySelector<HTMLElement>('.zd-turn [type=submit]')!.hidden = !last;
    const bar = this.form.querySelector<HTMLElement>('.zd-progress')!;
    bar.hidden = asked.length < 2;
    const p = bar.querySelector('progress')!;
    p.max = asked.length;
    p.value = at + 1;
    bar.querySelector('p')!.textContent = (this.host.words.steps ?? '').replace('{at}', String(at + 1)).replace('{of}', String(asked.length));
  }

  private turn(by: number): void {
    this.settled();
    if (by > 0 && this.blame(this.steps()[this.step])) return;
    const all = this.steps();
    for (let at = this.step + by; at >= 0 && at < all.length; at += by) {
      if (!this.asks(all[at])) continue;
      this.step = at;
      this.turned();
      this.form.scrollIntoView({ block: 'start' });
      return;
    }
  }

  /** Tells what is wrong on a step, and goes to the first of it; false where nothing is. */
  private blame(step: HTMLElement): boolean {
    let first: HTMLElement | undefined;
    for (const w of this.live.record.wrong()) {
      const box = step.querySelector<HTMLElement>(`[data-zd-q="${CSS.escape(w.path)}"]`);
      const line = box?.querySelector<HTMLElement>('[data-zd-err]');
      if (!box || !line) continue;
      box.classList.add('bad');
      line.hidden = false;
      line.querySelector('span')!.textContent = w.said || (w.key === 'form.required' ? this.host.words.required : this.host.words[w.key]) || this.host.words.wrong || '';
      first ??= box;
    }
    if (!first) return false;
    first.scrollIntoView({ block: 'center' });
    first.querySelector<HTMLElement>('input:not([type=hidden]), select, textarea')?.focus({ preventScroll: true });
    return true;
  }

  private pressed(by: HTMLButtonElement | null): void {
    this.settled();
    const [word, path] = (by?.name === 'do' ? by.value : 'done').split(/:(.*)/s);
    const r = this.live.record;
    if (word === 'add') {
      const cut = path.lastIndexOf('/');
      const up = cut < 0 ? r.root() : r.at(path.slice(0, cut));
      const place = up ? r.question(up.place).below?.find((b) => r.question(b).name === path.slice(cut + 1)) : undefined;
      if (up && place !== undefined && r.addRepeat(up, place)) this.again();
    } else if (word === 'remove') {
      const n = r.at(path);
      if (n && r.removeRepeat(n)) this.again();
    } else if (word === 'done') {
      const at = this.steps().findIndex((s) => r.wrong().some((w) => s.querySelector(`[data-zd-q="${CSS.escape(w.path)}"]`)));
      if (at >= 0) {
        this.step = at;
        this.turned();
        this.blame(this.steps()[at]);
      } else this.host.done();
    }
  }

  private again(): void {
    const at = scrollY;
    this.draw(this.live.record.draft());
    scrollTo(0, at);
    this.host.changed();
  }

  // ---- files

  private files(words: Record<string, string>): void {
    for (const field of this.form.querySelectorAll<HTMLInputElement>('input[type=file]')) {
      const path = field.name.slice('file:'.length);
      const kept = document.createElement('div');
      kept.className = 'zd-shots';
      field.before(kept);
      const button = h('label', { class: 'btn btn-big zd-take', for: field.id }, icon(field.dataset.zdPhoto ? 'camera' : 'upload'), words[field.dataset.zdPhoto ? 'take_photo' : 'take_file'] ?? '');
      if (!field.closest('.zd-q')?.querySelector('[data-zd-sign]')) field.before(button); // what is signed on the screen needs no file
      else field.hidden = true;
      const show = async (): Promise<void> => {
        const value = this.live.record.at(path)?.value ?? '';
        kept.replaceChildren();
        if (!value) return;
        const src = await this.host.show(value);
        if (src) kept.append(Object.assign(document.createElement('img'), { src, alt: nameOf(value) }));
        const text = Object.assign(document.createElement('span'), { textContent: nameOf(value) });
        const drop = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: words.drop_file ?? '' });
        drop.addEventListener('click', () => { field.value = ''; void take(''); });
        kept.append(text, drop);
      };
      const take = async (value: string): Promise<void> => {
        const n = this.live.record.at(path);
        if (!n) return;
        if (n.value) this.host.drop(n.value);
        this.live.record.answer(n, value);
        const hidden = this.form.querySelector<HTMLInputElement>(`input[type=hidden][name="/${CSS.escape(path)}"]`);
        if (hidden) hidden.value = value;
        this.live.show();
        this.live.judge(path, n);
        this.turned();
        this.host.changed();
        await show();
      };
      const said = document.getElementById(field.id + '-picked');
      const say = (text: string): void => { if (said) said.textContent = text; };
      field.addEventListener('cancel', () => { if ((field.hasAttribute('capture') || field.dataset.zdPhoto) && !this.live.record.at(path)?.value) say(words.camera_none ?? ''); });
      field.addEventListener('change', () => void (async () => {
        let [chosen] = field.files ?? [];
        if (!chosen) { if (field.closest('.zd-q')?.querySelector('[data-zd-sign]')) await take(''); return; }
        say(words.photo_busy ?? '');
        if (field.dataset.zdPhoto && /^image\/(jpeg|webp|hei[cf])$/.test(chosen.type)) chosen = await smaller(chosen, Number(field.dataset.zdPhoto));
        if (chosen.size > Number(field.dataset.zdMax)) { say(words.too_big ?? ''); field.value = ''; return; }
        try {
          await take(await this.host.keep(chosen));
          say('');
        } catch (e) {
          say((e as DOMException)?.name === 'QuotaExceededError' ? words.full ?? '' : words.not_kept ?? '');
        }
        field.value = '';
      })());
      void show();
    }
  }
}

const now = (): { ms: number; offset: number } => ({ ms: Date.now(), offset: -new Date().getTimezoneOffset() });

/** Repeats what answers repeat: the server has drawn each repeat once. */
function spread(root: Element, answers: Answers, nth: string): void {
  const inside = (s: Element): Element | null => s.parentElement!.closest('.zd-repeat');
  for (const series of [...root.querySelectorAll<HTMLElement>('[data-zd-series]')]) {
    const holder = root.matches('.zd-repeat') ? root : null;
    if (inside(series) !== holder) continue; // it lies within a repeat that is spread first
    const path = series.dataset.zdSeries!;
    const pattern = series.querySelector<HTMLElement>(':scope > .zd-repeat');
    if (!pattern) continue;
    const list = at(answers, root.matches('.zd-repeat') ? path.slice((root as HTMLElement).dataset.zdQ!.length + 1) : path);
    const suffix = /^f-q\d+(.*)$/.exec(pattern.id)?.[1] ?? '';
    const all = list.map((one, k) => {
      const copy = pattern.cloneNode(true) as HTMLElement;
      rename(copy, `${path}[1]`, `${path}[${k + 1}]`, suffix, suffix.replace(/1$/, String(k + 1)));
      const legend = copy.querySelector('legend');
      if (legend) legend.textContent = nth.replace('{n}', String(k + 1));
      spread(copy, one, nth);
      return copy;
    });
    pattern.replaceWith(...all);
  }
}

/** The repeats at a path of groups. */
function at(answers: Answers, path: string): Answers[] {
  const parts = path.split('/');
  let here: Answers | undefined = answers;
  for (const part of parts.slice(0, -1)) here = here?.[part] as Answers | undefined;
  const found = here?.[parts[parts.length - 1]];
  return Array.isArray(found) ? found : [];
}

function rename(root: Element, from: string, to: string, oldSuffix: string, newSuffix: string): void {
  if (from === to) return;
  const id = /\bf-q(\d+)((?:-\d+)+)/g;
  for (const e of [root, ...root.querySelectorAll('*')]) {
    for (const a of [...e.attributes]) {
      if (a.name === 'class') continue;
      const value = a.value.replaceAll(from, to).replace(id, (whole, n: string, s: string) => s === oldSuffix || s.startsWith(oldSuffix + '-') ? `f-q${n}${newSuffix}${s.slice(oldSuffix.length)}` : whole);
      if (value !== a.value) e.setAttribute(a.name, value);
    }
  }
}

/** Puts answers into their fields. */
function put(form: HTMLFormElement, answers: Answers): void {
  const find = (path: string): string => {
    let here: Answers | undefined = answers;
    const parts = path.split('/');
    for (const part of parts.slice(0, -1)) {
      const m = /^(.*)\[(\d+)\]$/.exec(part);
      here = (m ? (here?.[m[1]] as Answers[] | undefined)?.[Number(m[2]) - 1] : here?.[part]) as Answers | undefined;
    }
    return (here?.[parts[parts.length - 1]] as string | undefined) ?? '';
  };
  const turns = new Map<string, number>(); // places of a ranking
  for (const f of [...form.elements] as HTMLInputElement[]) {
    if (!f.name?.startsWith('/')) continue;
    const value = find(f.name.slice(1));
    if (f.type === 'checkbox') f.checked = value.split(' ').includes(f.value);
    else if (f.type === 'radio') f.checked = f.value === value;
    else if (f instanceof HTMLSelectElement && f.closest('.zd-ranks')) {
      const n = turns.get(f.name) ?? 0;
      turns.set(f.name, n + 1);
      f.value = value.split(' ')[n] ?? '';
    } else f.value = value;
  }
}
