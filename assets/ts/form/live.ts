// A form on a page, live: what is asked, worked out and offered follows the answers without asking a server.
import { type Typed, canonical } from './canonical';
import { type Answers, type Around, FormRecord } from './record';
import type { Survey } from './survey';
import type { Node } from './value';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Several choices are one answer, between blanks. */
const several = (kind: string): boolean => kind === 'select_multiple' || kind === 'rank';

/** What a page without a server behind it brings along: answers, what is known of the world, and its own way to be drawn anew. */
export interface Alone { answers: Answers; around: Partial<Around>; redraw: (answers: Answers) => void; changed: () => void }

export class Live {
  readonly record: FormRecord;
  private words: Record<string, string>;
  private boxes = new Map<string, HTMLElement>(); // questions and groups by path
  private fields = new Map<string, Field[]>(); // by path
  private drawn = new Map<string, string>(); // choices on the page, by path
  private nodes = new Map<string, Node>(); // by path, while the record keeps its shape
  private shape = -1;

  constructor(private sheet: HTMLFormElement, survey: Survey, private alone?: Alone) {
    this.words = JSON.parse(sheet.dataset.zdWords ?? '{}') as Record<string, string>;
    for (const box of sheet.querySelectorAll<HTMLElement>('[data-zd-q]')) this.boxes.set(box.dataset.zdQ!, box);
    for (const f of [...sheet.elements] as Field[]) if (f.name.startsWith('/')) this.know(f);
    this.record = new FormRecord(survey, { now: () => ({ ms: Date.now(), offset: -new Date().getTimezoneOffset() }), language: Number(sheet.dataset.zdLang ?? 0), ...alone?.around }, alone?.answers ?? this.typed(survey));
    // Whoever sees questions appear needs not be told of them, and what waits for a change is worked out here.
    for (const told of sheet.querySelectorAll('input[name=off], input[name^="was:"]')) told.remove();
    sheet.addEventListener('input', (e) => this.changed(e.target as Field, false));
    sheet.addEventListener('change', (e) => this.changed(e.target as Field, true));
    sheet.addEventListener('focusout', (e) => this.left(e.target as Field));
    this.seeking();
    this.show();
    sheet.dataset.zdLive = '';
  }

  private know(f: Field): void {
    const path = f.name.slice(1);
    this.fields.set(path, [...this.fields.get(path) ?? [], f]);
  }

  /** What stands in the fields of a question. */
  private read(path: string, kind: string): string {
    const values = (this.fields.get(path) ?? []).filter((f) => !/^(radio|checkbox)$/.test(f.type) || (f as HTMLInputElement).checked).map((f) => f.value);
    return several(kind) ? values.filter(Boolean).join(' ') : values[0] ?? '';
  }

  /** All answers on the page, as a record takes them. */
  private typed(survey: Survey): Answers {
    const questions = new Map(survey.questions.map((q) => [q.name, q]));
    const all: Answers = {};
    const put = (path: string): [Answers, string] => {
      let at = all;
      const parts = path.split('/');
      const last = parts.pop()!;
      for (const part of parts) {
        const m = /^(.*)\[(\d+)\]$/.exec(part);
        if (m) {
          const list = (at[m[1]] ??= []) as Answers[];
          at = list[Number(m[2]) - 1] ??= {};
        } else at = (at[part] ??= {}) as Answers;
      }
      return [at, last];
    };
    for (const box of this.sheet.querySelectorAll<HTMLElement>('fieldset.zd-repeat')) put(box.dataset.zdQ! + '/x');
    for (const path of this.fields.keys()) {
      const [at, name] = put(path);
      const q = questions.get(name);
      if (q) at[name] = canonical(q, this.read(path, q.kind)).value;
    }
    return all;
  }

  /** A file is an answer as soon as it is chosen; what it is called then is for the server to say. */
  private chosen(f: HTMLInputElement): void {
    const path = f.name.slice('file:'.length);
    const n = this.record.at(path);
    if (!n) return;
    this.record.answer(n, f.files?.[0]?.name ?? this.fields.get(path)?.[0]?.value ?? '');
    this.show();
    this.judge(path, n);
  }

  private changed(f: Field, whole: boolean): void {
    if (f.name?.startsWith('file:') && !this.alone) this.chosen(f as HTMLInputElement);
    if (!f.name?.startsWith('/')) return;
    const path = f.name.slice(1);
    const n = this.record.at(path);
    if (!n || (f.type === 'text' && !whole && /^(integer|decimal|range|geopoint)$/.test(this.record.question(n.place).kind))) return;
    const read = this.canonical(path, n);
    if (!read.wrong) this.record.answer(n, read.value);
    this.show();
    if (whole && !this.alone) this.elsewhere(n);
    this.alone?.changed();
    if (whole || this.boxes.get(path)?.classList.contains('bad')) this.judge(path, n, read);
  }

  /** Whoever leaves a question is told what is wrong with its answer; that it has none is said when the form is sent. */
  private left(f: Field): void {
    const path = f.name?.startsWith('/') ? f.name.slice(1) : '';
    const n = path ? this.record.at(path) : undefined;
    if (!n) return;
    this.judge(path, n, this.canonical(path, n));
  }

  private canonical(path: string, n: Node): Typed {
    const q = this.record.question(n.place);
    return canonical(q, this.read(path, q.kind));
  }

  judge(path: string, n: Node, read?: Typed): void {
    let text = read?.wrong ? (this.words[read.wrong] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => String(read.args?.[name] ?? '')) : '';
    if (!text) {
      const w = n.value === '' ? undefined : this.record.wrongAt(n);
      // A ranking that is not complete yet is no mistake while it is being made.
      if (w && w.key !== 'form.rank_all') text = w.said || (this.words[w.key] ?? '');
    }
    const box = this.boxes.get(path);
    const line = box?.querySelector<HTMLElement>('[data-zd-err]');
    if (!box || !line) return;
    box.classList.toggle('bad', text !== '');
    line.hidden = text === '';
    line.querySelector('span')!.textContent = text;
    for (const f of this.fields.get(path) ?? []) if (text) f.setAttribute('aria-invalid', 'true'); else f.removeAttribute('aria-invalid');
  }

  /** Brings the page to what the record says: all of it when repeats have come or gone, else what was touched. */
  show(): void {
    const all = this.record.shape !== this.shape;
    const touched = this.record.touched;
    if (all) {
      this.shape = this.record.shape;
      this.nodes = this.record.paths();
    }
    this.record.touched = new Set();
    for (const [path, box] of this.boxes) {
      const n = this.nodes.get(path);
      if (!n) { this.redraw(); continue; }
      if (!all && !touched.has(n.place)) continue;
      const off = n.blank === true;
      if (box.hidden !== off) box.hidden = off;
      if (off) continue;
      const q = this.record.question(n.place);
      if (q.calculate !== undefined && !q.triggers) this.output(path, box, n);
      else if (q.triggers) this.put(path, n.value);
      if ((q.choice_filter !== undefined || (this.alone && q.from_file)) && this.record.holds(n)) this.offer(path, box, n);
      if (q.readonly !== undefined) {
        const closed = !this.record.takes(n);
        for (const f of this.fields.get(path) ?? []) if ('readOnly' in f && f.readOnly !== closed && f.type !== 'hidden') f.readOnly = closed;
      }
    }
    for (const say of this.sheet.querySelectorAll<HTMLElement>('[data-zd-say]')) {
      const name = say.dataset.zdSay!;
      const place = this.record.place(name);
      if (!all && (place === undefined || !touched.has(place))) continue;
      const near = say.closest<HTMLElement>('[data-zd-q]');
      const n = near ? this.nodes.get(near.dataset.zdQ!) : this.record.root();
      const found = this.record.find(n, name)[0];
      const value = found && this.record.asked(found) ? this.record.choiceName(name, found.value) || found.value : '';
      if (say.textContent !== value) say.textContent = value;
    }
    for (const series of this.sheet.querySelectorAll<HTMLElement>('[data-zd-series]')) {
      const all = [...series.querySelectorAll<HTMLElement>(':scope > fieldset')];
      if (all.length > 0) series.hidden = all.every((one) => one.hidden);
    }
    this.counted();
    if (this.record.touched.size > 0) this.show(); // what is offered no more was taken away
  }

  private output(path: string, box: HTMLElement, n: Node): void {
    const out = box.querySelector<HTMLElement>('[data-zd-out]');
    if (out && out.textContent !== n.value) out.textContent = n.value;
    this.put(path, n.value);
  }

  private put(path: string, value: string): void {
    const [f] = this.fields.get(path) ?? [];
    if (f && !/^(radio|checkbox)$/.test(f.type) && f.value !== value && document.activeElement !== f) f.value = value;
  }

  /** Repeats that a formula counts are drawn by the server. */
  private counted(): void {
    const walk = (n: Node): boolean => n.below.some((c) => (this.record.question(c.place).kind === 'repeat' && !this.boxes.has(this.record.path(c))) || walk(c));
    if (this.record.survey.questions.some((q) => q.repeat_count !== undefined) && walk(this.record.root())) this.redraw();
  }

  private redraw(): void {
    if (this.alone) { this.alone.redraw(this.record.draft()); return; }
    if (this.sheet.dataset.zdSent) return;
    this.sheet.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'do', value: 'go' }));
    this.sheet.requestSubmit();
  }

  /** Shows the choices that are offered now; what was chosen and is offered no more goes. */
  private offer(path: string, box: HTMLElement, n: Node): void {
    const choices = this.record.choices(n);
    const now = choices.map((c) => c.value).join('\n');
    const before = this.drawn.get(path);
    if (before === now) return;
    this.drawn.set(path, now);
    const list = box.querySelector<HTMLElement>('[data-zd-choices]:not([data-zd-long])');
    const select = box.querySelector<HTMLSelectElement>('select');
    if (list) this.picks(path, list, choices, n);
    else if (select && this.record.question(n.place).kind === 'select_one') {
      const first = select.options[0];
      select.replaceChildren(first, ...choices.map((c) => new Option(c.label, c.value, false, c.value === n.value)));
    }
    const left = n.value.split(' ').filter((v) => choices.some((c) => c.value === v)).join(' ');
    if (before !== undefined && left !== n.value) this.record.answer(n, left);
  }

  private picks(path: string, list: HTMLElement, choices: { value: string; label: string }[], n: Node): void {
    const many = this.record.question(n.place).kind === 'select_multiple';
    const had = new Map([...list.children].map((c) => [c.querySelector('input')!.value, c]));
    const id = list.closest('fieldset')?.id ?? path;
    list.replaceChildren(...choices.map((c, k) => {
      const row = had.get(c.value) ?? pick(path, many, c.value, c.label, `${id}.n${k}`);
      row.querySelector('input')!.checked = n.value.split(' ').includes(c.value);
      return row;
    }));
    this.fields.set(path, [...list.querySelectorAll('input')]);
  }

  /** Choices that lie with the server and look at a question whose answer has changed are asked for. */
  private elsewhere(n: Node): void {
    for (const [path] of this.boxes) {
      const other = this.record.at(path);
      if (!other || !this.record.survey.uses[n.place]?.includes(other.place) || this.record.holds(other)) continue;
      void this.fetched(path);
    }
  }

  /** Draws one question anew as the server draws it for the answers that stand on the page. */
  private async fetched(path: string): Promise<void> {
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(this.sheet)) if (typeof value === 'string') sent.append(name, value);
    sent.set('do', 'go');
    const answer = await fetch(this.sheet.action, { method: 'POST', body: sent, credentials: 'same-origin' });
    if (!answer.ok) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const mine = this.boxes.get(path);
    const find = (area: ParentNode) => [...area.querySelectorAll<HTMLElement>('[data-zd-q]')].find((e) => e.dataset.zdQ === path);
    const next = find(drawn);
    if (!mine || !next) return;
    const list = mine.querySelector('[data-zd-choices]');
    const other = next.querySelector('[data-zd-choices]');
    if (list && other && mine.contains(document.activeElement)) list.replaceWith(other); // whoever types a search goes on typing
    else { mine.replaceChildren(...next.childNodes); this.seeking(mine); }
    this.fields.delete(path);
    for (const f of mine.querySelectorAll<Field>('input, select, textarea')) if (f.name === '/' + path) this.know(f);
  }

  /** Long lists are searched as one types. */
  private seeking(area: ParentNode = this.sheet): void {
    for (const box of area.querySelectorAll<HTMLInputElement>('[data-zd-seek]')) {
      const path = box.dataset.zdSeek!;
      const here = this.record.at(path);
      if (here && !this.record.holds(here) && this.alone) { // nobody can be asked for them
        const left = Object.assign(document.createElement('p'), { className: 'zd-help', textContent: this.words.choices_left ?? '' });
        box.parentElement!.replaceWith(left);
        continue;
      }
      if (here && !this.record.holds(here)) {
        let later = 0;
        box.addEventListener('input', (e) => { e.stopPropagation(); clearTimeout(later); later = window.setTimeout(() => void this.fetched(path), 300); });
        continue;
      }
      const list = box.closest('fieldset')!.querySelector<HTMLElement>('[data-zd-choices]')!;
      const few = 30; // so many are shown before anything is typed, where no server has drawn the list
      const look = () => {
        const n = this.record.at(path);
        if (!n) return;
        const words = box.value.trim().toLowerCase();
        const chosen = n.value.split(' ');
        let hits = 0;
        const all = this.record.choices(n);
        const short = this.alone !== undefined && words === '' && all.length <= few;
        const shown = all.filter((c) => short || chosen.includes(c.value) || (words !== '' && hits < 40 && c.label.toLowerCase().includes(words) && ++hits > 0));
        this.picks(path, list, shown, n);
        if (words !== '' && hits === 0) {
          const none = document.createElement('p');
          none.className = 'zd-help';
          none.textContent = this.words.find_none ?? '';
          list.append(none);
        }
      };
      box.addEventListener('input', (e) => { e.stopPropagation(); look(); });
      box.addEventListener('keydown', (e) => { if (e.key === 'Enter') { e.preventDefault(); look(); } });
      const button = box.parentElement?.querySelector('button');
      if (button) button.hidden = true;
      if (this.alone) look();
    }
  }
}

function pick(path: string, many: boolean, value: string, label: string, id: string): Element {
  const row = document.createElement('label');
  row.htmlFor = id;
  const box = Object.assign(document.createElement('input'), { type: many ? 'checkbox' : 'radio', className: 'form-check-input', id, name: '/' + path, value });
  const text = document.createElement('span');
  text.textContent = label;
  row.append(box, text);
  return row;
}
