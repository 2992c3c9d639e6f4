// What was typed, in the form in which it is kept: the part of internal/domain/form/fill/canonical.go that a page needs
// before the server has read it.

const wide: Record<string, string> = { '．': '.', '－': '-', '：': ':', '　': ' ', '，': ',' };

/** Turns the digits and signs of Chinese keyboards into plain ones. */
function narrow(text: string): string {
  return text.replace(/[０-９．－：　，]/g, (c) => wide[c] ?? String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

/** The answer as it is kept, or the key of what is wrong with it. */
export function canonical(kind: string, typed: string): { value: string; wrong?: string } {
  if (typed.trim() === '') return { value: '' };
  const text = narrow(typed.trim());
  switch (kind) {
    case 'integer': {
      const plain = text.replace(/,/g, '');
      return /^-?\d{1,18}$/.test(plain) ? { value: BigInt(plain).toString() } : { value: '', wrong: 'form.not_integer' };
    }
    case 'decimal': case 'range': {
      const plain = text.replace(/,/g, '');
      return /^-?(\d{1,18}(\.\d{0,15})?|\.\d{1,15})$/.test(plain) ? { value: plain.replace(/\.$/, '') } : { value: '', wrong: 'form.not_decimal' };
    }
    case 'date': return /^\d{4}-\d{2}-\d{2}$/.test(text) ? { value: text } : { value: '' }; // other ways of writing are read by the server
    case 'geopoint': {
      const parts = text.replace(/,/g, ' ').split(/\s+/);
      const good = parts.length >= 2 && parts.length <= 4 && parts.every((p, i) => p !== '' && Math.abs(Number(p)) <= [90, 180, 1e6, 1e6][i]);
      return good ? { value: parts.join(' ') } : { value: '', wrong: 'form.not_position' };
    }
    case 'time': case 'dateTime': case 'select_one': case 'barcode': return { value: text };
    case 'select_multiple': case 'rank': return { value: text.split(/\s+/).join(' ') };
    default: return { value: typed };
  }
}
