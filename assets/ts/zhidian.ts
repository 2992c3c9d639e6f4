// Conveniences only: every page works without this file.
import htmx from 'htmx.org';
import { copies } from './copy';
import { drafts } from './draft';
import { leaving } from './leaving';
import { forms } from './forms';
import { masks } from './mask';
import { poll } from './poll';
import { rail } from './rail';
import { rows } from './rows';
import { theme } from './theme';

// The content policy allows neither inline style nor eval, and a fragment never brings a script of its own.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages may hold personal data; none is kept in the browser

function start(): void {
  theme();
  rail();
  rows();
  forms();
  masks(document);
  drafts();
  copies();
  leaving();
  poll(document);
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
document.addEventListener('htmx:afterSwap', (e) => {
  const part = e.target as HTMLElement;
  masks(part);
  poll(part);
});
