import type { Expr } from './xpath';

/** A form as the server sends it: internal/domain/form/survey, Send. */
export interface Survey {
  id: string; title: string; version: string; style?: string;
  languages: { name: string; code: string }[];
  questions: Question[];
  lists: Record<string, { columns?: string[]; items: Item[] }>;
  order: number[];
  uses: (number[] | null)[];
  entity?: { dataset: string; label?: Expr; entity_id?: Expr; create_if?: Expr; update_if?: Expr };
}

export interface Question {
  name: string; kind: string; up: number; below?: number[];
  label?: string[]; hint?: string[]; guidance?: string[]; constraint_message?: string[]; required_message?: string[];
  media?: Record<string, string[]>;
  relevant?: Expr; constraint?: Expr; required?: Expr; readonly?: Expr; calculate?: Expr; choice_filter?: Expr; repeat_count?: Expr; default?: Expr;
  default_text?: string; triggers?: string[]; list?: string; from_file?: boolean; appearance?: string[];
  parameters?: Record<string, string>; save_to?: string;
}

export interface Item { value: string; label?: string[]; media?: Record<string, string[]>; cells?: string[] }

/** The text in a language, or in the first that has one. */
export function said(texts: string[] | undefined, language: number): string {
  return texts?.[language] || texts?.find(Boolean) || '';
}

/** Whether a question lies in a group or repeat, at any depth. */
export function under(s: Survey, place: number, holder: number): boolean {
  for (let at = place; at >= 0; at = s.questions[at].up) if (at === holder) return true;
  return false;
}

export const asked = new Set(['text', 'integer', 'decimal', 'range', 'select_one', 'select_multiple', 'rank', 'note', 'geopoint', 'geotrace', 'geoshape',
  'date', 'time', 'dateTime', 'image', 'audio', 'video', 'file', 'barcode', 'acknowledge']);
export const chooses = new Set(['select_one', 'select_multiple', 'rank']);
export const holdsNothing = new Set(['group', 'repeat', 'csv-external', 'xml-external']);

/** What a list's file is called in formulas: villages.csv is instance('villages'). */
export function fileID(list = ''): string { return list.split('.')[0]; }
