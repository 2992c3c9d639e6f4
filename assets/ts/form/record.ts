// One form being filled in on the phone: the twin of internal/domain/form/fill.
import { momentText, today } from './dates';
import { shuffled } from './functions';
import { type Item, type Question, type Survey, asked, chooses, fileID, holdsNothing, said, under } from './survey';
import { type Node, add, bool, column, node, number, text } from './value';
import { type Expr, type Form, evaluate, evaluateChoice } from './xpath';

/** What a record is told of the world. */
export interface Around {
  now: () => { ms: number; offset: number };
  language: number;
  random?: () => number;
  known?: Record<string, string>;
  saved?: Record<string, string>;
  files?: (id: string) => Node | undefined;
}

export interface Wrong { path: string; key: string; said: string; count?: number }
export interface Choice { value: string; label: string; item?: Item }
/** Answers by names: groups as objects, repeats as arrays of objects, every answer as text. */
export interface Answers { [name: string]: string | Answers | Answers[] }

/** What answers say of a record. */
export interface Saved { list: string; id: string; first: boolean; label: string; says: Record<string, string> }

const maxRepeats = 1000;
const maxNodes = 100_000;

export class FormRecord implements Form {
  private top: Node;
  private single: (Node | undefined)[] = [];
  private places = new Map<string, number>();
  private lists = new Map<string, Node | undefined>();
  private dirty: boolean[];
  private nodes = 0;
  private waits = new Map<string, number[]>(); // what is worked out when a question's answer changes
  /** Rises whenever a repeat comes or goes. */
  shape = 0;
  /** Questions, by place, that were answered or looked at anew since somebody has cleared this. */
  touched = new Set<number>();

  constructor(readonly survey: Survey, readonly around: Around, answers?: Answers) {
    survey.questions.forEach((q, place) => {
      this.places.set(q.name, place);
      if (q.calculate !== undefined) for (const name of q.triggers ?? []) this.waits.set(name, [...this.waits.get(name) ?? [], place]);
    });
    this.dirty = survey.questions.map(() => true);
    this.top = node(survey.questions[0].name);
    this.grow(0);
    if (answers) this.load(this.top, answers);
    this.refresh();
  }

  // ---- what formulas ask

  root(): Node { return this.top; }
  now(): { ms: number; offset: number } { return this.around.now(); }
  random(): number { return this.around.random?.() ?? 0.5; }
  lastSaved(name: string): string { return this.around.saved?.[name] ?? ''; }

  find(from: Node | undefined, name: string): Node[] {
    const place = this.places.get(name);
    if (place === undefined) return [];
    const one = this.single[place];
    if (one) return [one];
    let at = from;
    while (at && (!under(this.survey, place, at.place) || (at.place === place && this.question(place).kind === 'repeat'))) at = at.up;
    return this.underneath([at ?? this.top], at?.place ?? 0, place);
  }

  list(id: string): Node | undefined {
    if (!this.lists.has(id)) this.lists.set(id, this.survey.lists[id] ? this.document(id) : this.around.files?.(id));
    return this.lists.get(id);
  }

  choiceName(question: string, value: string): string {
    const place = this.places.get(question);
    if (place === undefined) return '';
    const item = this.list(fileID(this.question(place).list))?.below[0]?.below.find((i) => column(i, 'name') === value);
    return item ? column(item, 'label') : '';
  }

  private document(id: string): Node {
    const doc = node('');
    const root = add(doc, node('root'));
    const list = this.survey.lists[id];
    list.items.forEach((item, i) => {
      const n = add(root, node('item', '', i));
      add(n, node('name', item.value));
      add(n, node('label', said(item.label, this.around.language)));
      list.columns?.forEach((c, at) => { if (item.cells?.[at]) add(n, node(c, item.cells[at])); });
    });
    return doc;
  }

  // ---- its shape

  question(place: number): Question { return this.survey.questions[place]; }

  private grow(place: number, up?: Node): Node {
    const q = this.question(place);
    const n = place === 0 ? this.top : node(q.name, '', place);
    this.nodes++;
    this.shape++;
    if (up) add(up, n);
    if (q.kind !== 'repeat' && !this.repeated(place)) this.single[place] = n;
    for (const below of q.below ?? []) {
      const b = this.question(below);
      if (b.kind !== 'repeat' || b.repeat_count === undefined) this.grow(below, n);
    }
    n.value = this.begin(q, n);
    return n;
  }

  private repeated(place: number): boolean {
    for (let at = this.question(place).up; at >= 0; at = this.question(at).up) if (this.question(at).kind === 'repeat') return true;
    return false;
  }

  private begin(q: Question, n: Node): string {
    if (q.kind === 'start') return momentText(this.now().ms, this.now().offset);
    if (q.kind === 'today') return today(this.now());
    if (['deviceid', 'phonenumber', 'username', 'email'].includes(q.kind)) return this.around.known?.[q.kind] ?? '';
    return q.default === undefined ? q.default_text ?? '' : this.text(q.default, n);
  }

  private underneath(at: Node[], from: number, to: number): Node[] {
    if (from === to) return at;
    return this.underneath(at, from, this.question(to).up).flatMap((n) => n.below.filter((c) => c.place === to));
  }

  private all(place: number): Node[] {
    const one = this.single[place];
    return one ? [one] : this.underneath([this.top], 0, place);
  }

  repeatsOf(up: Node, place: number): Node[] { return up.below.filter((c) => c.place === place); }

  private insert(place: number, up: Node): Node {
    const n = this.grow(place, up);
    for (let at = up.below.length - 1; at > 0 && up.below[at - 1].place > up.below[at].place; at--) {
      [up.below[at - 1], up.below[at]] = [up.below[at], up.below[at - 1]];
    }
    return n;
  }

  private take(n: Node): void {
    const size = (one: Node): number => 1 + one.below.reduce((sum, c) => sum + size(c), 0);
    n.up!.below = n.up!.below.filter((c) => c !== n);
    this.nodes -= size(n);
    this.shape++;
  }

  /** Adds one repeat behind those below a parent; nothing for a repeat that is counted, and for one too many. */
  addRepeat(up: Node, place: number): Node | undefined {
    const q = this.question(place);
    if (q.kind !== 'repeat' || q.repeat_count !== undefined || q.up !== up.place || this.repeatsOf(up, place).length >= maxRepeats || this.nodes >= maxNodes) return undefined;
    const n = this.insert(place, up);
    this.reshaped(place);
    return n;
  }

  removeRepeat(n: Node): boolean {
    const q = this.question(n.place);
    if (q.kind !== 'repeat' || q.repeat_count !== undefined) return false;
    this.take(n);
    this.reshaped(n.place);
    return true;
  }

  private reshaped(place: number): void {
    this.dirty[place] = true;
    this.uses(place);
    this.soil(place);
    this.work();
  }

  // ---- working out

  refresh(): void {
    this.dirty.fill(true);
    this.work();
  }

  private text(x: Expr, n: Node): string { return text(evaluate(x, this, n)); }
  private yes(x: Expr | undefined, n: Node): boolean { return x !== undefined && bool(evaluate(x, this, n)); }

  private uses(place: number): void { for (const user of this.survey.uses[place] ?? []) this.dirty[user] = true; }

  private soil(place: number): void {
    for (const below of this.question(place).below ?? []) {
      this.dirty[below] = true;
      this.uses(below);
      this.soil(below);
    }
  }

  private work(): void {
    for (const place of this.survey.order) {
      if (!this.dirty[place]) continue;
      this.dirty[place] = false;
      this.touched.add(place);
      const q = this.question(place);
      let changed = q.kind === 'repeat' && q.repeat_count !== undefined && this.counted(q, place);
      if (q.relevant !== undefined || (q.calculate !== undefined && !q.triggers)) {
        for (const n of this.all(place)) changed = this.one(q, n) || changed;
      }
      if (changed) {
        this.uses(place);
        this.soil(place);
      }
    }
  }

  private one(q: Question, n: Node): boolean {
    let changed = false;
    if (q.relevant !== undefined) {
      const out = !this.yes(q.relevant, n);
      if (out !== !!n.blank) { n.blank = out; changed = true; }
    }
    if (q.calculate === undefined || q.triggers || !this.asked(n)) return changed;
    const value = this.text(q.calculate, n);
    if (value !== n.value) { n.value = value; changed = true; }
    return changed;
  }

  private counted(q: Question, place: number): boolean {
    let changed = false;
    for (const up of this.all(q.up)) {
      const count = number(evaluate(q.repeat_count!, this, up));
      const want = Number.isNaN(count) || count < 0 ? 0 : Math.min(Math.trunc(count), maxRepeats);
      const have = this.repeatsOf(up, place);
      for (let n = have.length; n < want && this.nodes < maxNodes; n++) { this.insert(place, up); changed = true; }
      for (let n = have.length; n > want; n--) { this.take(have[n - 1]); changed = true; }
    }
    return changed;
  }

  asked(n: Node): boolean {
    for (let at: Node | undefined = n; at; at = at.up) if (at.blank) return false;
    return true;
  }

  // ---- answering

  /** Puts an answer in its canonical form, and works out what depends on it. */
  answer(n: Node, value: string): void {
    if (n.value === value) return;
    n.value = value;
    this.touched.add(n.place);
    for (const place of this.waits.get(this.question(n.place).name) ?? []) {
      for (const one of this.all(place)) {
        const worked = this.text(this.question(place).calculate!, one);
        if (worked !== one.value) { one.value = worked; this.touched.add(place); this.uses(place); }
      }
    }
    this.uses(n.place);
    this.work();
  }

  /** Whether whoever fills in may answer: it is asked, not worked out, and not read-only. */
  takes(n: Node): boolean {
    const q = this.question(n.place);
    if (!asked.has(q.kind) || q.kind === 'note' || (q.calculate !== undefined && !q.triggers) || !this.asked(n)) return false;
    return !this.yes(q.readonly, n);
  }

  /** "household/members[2]/age" */
  path(n: Node): string {
    if (!n.up) return '';
    const name = this.question(n.place).kind === 'repeat' ? `${n.name}[${this.repeatsOf(n.up, n.place).indexOf(n) + 1}]` : n.name;
    const up = this.path(n.up);
    return up ? `${up}/${name}` : name;
  }

  /** All nodes by their paths. */
  paths(): Map<string, Node> {
    const all = new Map<string, Node>();
    const walk = (up: Node, above: string): void => {
      let nth = 0;
      up.below.forEach((n, i) => {
        nth = up.below[i - 1]?.place === n.place ? nth + 1 : 1;
        const path = above + n.name + (this.question(n.place).kind === 'repeat' ? `[${nth}]` : '');
        all.set(path, n);
        walk(n, path + '/');
      });
    };
    walk(this.top, '');
    return all;
  }

  place(name: string): number | undefined { return this.places.get(name); }

  at(path: string): Node | undefined {
    let at: Node | undefined = this.top;
    for (const part of path.split('/')) {
      const m = /^([^[]+)(?:\[(\d+)\])?$/.exec(part);
      at = m ? at?.below.filter((c) => c.name === m[1])[Number(m[2] ?? 1) - 1] : undefined;
    }
    return at;
  }

  wrong(): Wrong[] {
    const all: Wrong[] = [];
    const walk = (n: Node): void => {
      if (n.blank) return;
      const w = n === this.top ? undefined : this.wrongAt(n);
      if (w) all.push(w);
      n.below.forEach(walk);
    };
    walk(this.top);
    return all;
  }

  wrongAt(n: Node): Wrong | undefined {
    const q = this.question(n.place);
    if (holdsNothing.has(q.kind)) return undefined;
    const path = this.path(n);
    if (n.value === '') {
      return asked.has(q.kind) && q.kind !== 'note' && this.yes(q.required, n) ? { path, key: 'form.required', said: this.say(n, q.required_message) } : undefined;
    }
    const choice = chooses.has(q.kind) ? this.badChoice(q, n) : undefined;
    if (choice) return { path, said: '', ...choice };
    return q.constraint !== undefined && !this.yes(q.constraint, n) ? { path, key: 'form.constraint', said: this.say(n, q.constraint_message) } : undefined;
  }

  /** Whether the choices of a question are here. Those of long files stay with the server, which has the last word on them. */
  holds(n: Node): boolean {
    const q = this.question(n.place);
    return !q.from_file || this.list(fileID(q.list)) !== undefined;
  }

  private badChoice(q: Question, n: Node): { key: string; count?: number } | undefined {
    if (!this.holds(n)) return undefined;
    const offered = this.choices(n).map((c) => c.value);
    const values = q.kind === 'select_one' ? [n.value] : n.value.split(/\s+/).filter(Boolean);
    for (const [i, v] of values.entries()) {
      if (!offered.includes(v)) return { key: 'form.no_choice' };
      if (values.indexOf(v) < i) return { key: 'form.choice_twice' };
    }
    return q.kind === 'rank' && values.length !== offered.length ? { key: 'form.rank_all', count: offered.length } : undefined;
  }

  /** What a question offers now, in the order in which it is shown. */
  choices(n: Node): Choice[] {
    const q = this.question(n.place);
    let items = this.list(fileID(q.list))?.below[0]?.below ?? [];
    if (q.choice_filter !== undefined) {
      const all = items;
      items = all.filter((item, i) => evaluateChoice(q.choice_filter!, this, n, item, i + 1, all.length));
    }
    if (q.parameters?.randomize === 'true') items = shuffled(items, this.seed(q, n));
    const list = this.survey.lists[q.list ?? ''];
    return items.map((i) => {
      const value = column(i, q.parameters?.value ?? 'name');
      return { value, label: column(i, q.parameters?.label ?? 'label') || value, item: list?.items[i.place] };
    });
  }

  private seed(q: Question, n: Node): number {
    const name = /^\$\{(.*)\}$/.exec(q.parameters?.seed ?? '')?.[1];
    const given = name ? this.find(n, name)[0]?.value ?? '' : q.parameters?.seed ?? '';
    return given === '' ? Math.trunc(this.now().ms / 86400_000) : number(given);
  }

  /** A text of the form with the answers that it names. */
  say(n: Node, texts?: string[]): string {
    return said(texts, this.around.language).replace(/\$\{\s*([^}]*?)\s*\}/g, (_, name: string) => {
      const found = this.find(n, name)[0];
      return found && this.asked(found) ? found.value : '';
    });
  }

  /** Which record the answers make or change, as fill.Saves has it; nothing where they do not. */
  saves(): Saved | undefined {
    const e = this.survey.entity;
    if (!e) return undefined;
    const id = e.entity_id === undefined ? '' : this.text(e.entity_id, this.top);
    let first = false;
    if (e.create_if !== undefined && this.yes(e.create_if, this.top)) first = true;
    else if ((e.update_if !== undefined && this.yes(e.update_if, this.top)) || (e.create_if === undefined && e.update_if === undefined && e.entity_id !== undefined)) {
      if (id === '') return undefined;
    } else if (e.create_if === undefined && e.update_if === undefined) first = true;
    else return undefined;
    const says: Record<string, string> = {};
    const walk = (n: Node): void => {
      if (n.blank) return;
      const to = n === this.top ? undefined : this.question(n.place).save_to;
      if (to !== undefined && says[to] === undefined) says[to] = n.value;
      n.below.forEach(walk);
    };
    walk(this.top);
    return { list: e.dataset, id, first, label: e.label === undefined ? '' : this.text(e.label, this.top), says };
  }

  // ---- in and out

  answers(): Answers { return this.out(this.top, false); }
  draft(): Answers { return this.out(this.top, true); }

  private out(n: Node, all: boolean): Answers {
    const o: Answers = {};
    for (const c of n.below) {
      if (c.blank && !all) continue;
      const kind = this.question(c.place).kind;
      if (kind === 'repeat') o[c.name] = [...((o[c.name] as Answers[]) ?? []), this.out(c, all)];
      else if (kind === 'group') {
        const group = this.out(c, all);
        if (Object.keys(group).length > 0) o[c.name] = group;
      } else if (c.value !== '') o[c.name] = c.value;
    }
    return o;
  }

  private load(n: Node, answers: Answers): void {
    for (const place of this.question(n.place).below ?? []) {
      const q = this.question(place);
      const given = answers[q.name];
      if (q.kind === 'repeat') {
        for (const old of this.repeatsOf(n, place)) this.take(old);
        for (const one of (given as Answers[] | undefined) ?? []) this.load(this.insert(place, n), one);
      } else {
        const c = n.below.find((one) => one.place === place);
        if (!c) continue;
        if (q.kind === 'group') this.load(c, (given as Answers | undefined) ?? {});
        else if (given !== undefined || asked.has(q.kind)) c.value = (given as string | undefined) ?? '';
      }
    }
  }
}
