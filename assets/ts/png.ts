import type { Map as Drawing } from 'maplibre-gl';
import type { Feature } from 'geojson';

const band = 108; // points under the map for legend, source and date

/** Saves the map as it stands with title, names, numbers, legend, source and date, so that the picture explains itself. */
export function picture(map: Drawing, el: HTMLElement, places: Feature<GeoJSON.Geometry, { kind: string; name?: string; no?: number }>[], file: string): void {
  const from = map.getCanvas();
  const ratio = from.width / from.clientWidth;
  const out = document.createElement('canvas');
  out.width = from.width;
  out.height = from.height + (44 + band) * ratio;
  const ink = out.getContext('2d');
  if (!ink) return;
  const css = getComputedStyle(el);
  const colour = (name: string) => css.getPropertyValue('--zd-' + name).trim();
  const font = (size: number, bold = false) => { ink.font = `${bold ? '700 ' : ''}${size}px ${css.fontFamily}`; };
  ink.scale(ratio, ratio);
  const wide = from.clientWidth, high = from.clientHeight;
  ink.fillStyle = colour('surface');
  ink.fillRect(0, 0, wide, high + 44 + band);
  ink.fillStyle = colour('ink');
  ink.textBaseline = 'middle';
  font(17, true);
  ink.fillText(el.dataset.title ?? '', 16, 22);
  ink.drawImage(from, 0, 44, wide, high);

  for (const f of places) {
    if (f.geometry.type !== 'Point' || !/^(seat|blind)$/.test(f.properties.kind)) continue;
    const at = map.project(f.geometry.coordinates as [number, number]);
    const x = at.x, y = at.y + 44;
    if (y < 44 || y > high + 44) continue;
    if (f.properties.kind === 'blind') {
      ink.fillStyle = colour('gold');
      ink.fillRect(x - 10, y - 10, 20, 20);
      ink.fillStyle = '#19211d';
      font(12, true);
      ink.textAlign = 'center';
      ink.fillText(String(f.properties.no ?? ''), x, y);
      ink.textAlign = 'left';
    } else {
      ink.fillStyle = colour('ink');
      ink.fillRect(x - 4, y - 4, 8, 8);
      font(12);
      ink.strokeStyle = colour('land');
      ink.lineWidth = 3;
      ink.strokeText(f.properties.name ?? '', x + 8, y);
      ink.fillText(f.properties.name ?? '', x + 8, y);
    }
  }
  font(12);
  scale(el, ink, high + 30, colour('ink'));

  let x = 16, y = high + 44 + 22;
  for (const item of el.closest('.zd-mapwrap')?.querySelectorAll<HTMLElement>('.zd-legend li') ?? []) {
    const shape = item.querySelector('[class]:not(svg)')?.getAttribute('class') ?? '';
    font(12);
    const text = [...item.querySelectorAll('span')].map((w) => w.textContent?.trim()).filter(Boolean).join('   ');
    const space = ink.measureText(text).width + 44;
    if (x + space > wide) { x = 16; y += 22; }
    if (shape === 'hide') hatched(ink, x, y - 6, colour('ink-3'));
    else { ink.fillStyle = shape === 'pinbox' ? colour('gold') : colour(shape) || colour('surface'); ink.fillRect(x, y - 6, 14, 12); ink.strokeStyle = colour('line-2'); ink.lineWidth = .6; ink.strokeRect(x, y - 6, 14, 12); }
    ink.fillStyle = colour('ink');
    ink.fillText(text, x + 20, y);
    x += space;
  }
  font(11);
  ink.fillStyle = colour('ink-3');
  [el.dataset.source ?? '', el.dataset.note ?? ''].filter(Boolean).forEach((line, i) => ink.fillText(line, 16, high + 44 + band - 34 + i * 18, wide - 32));
  out.toBlob((blob) => {
    if (!blob) return;
    const a = document.createElement('a');
    a.href = URL.createObjectURL(blob);
    a.download = file;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  }, 'image/png');
}

function hatched(ink: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  ink.strokeStyle = colour;
  ink.lineWidth = .8;
  ink.strokeRect(x, y, 14, 12);
  for (const d of [0, 5, 10]) { ink.beginPath(); ink.moveTo(x + d, y + 12); ink.lineTo(x + Math.min(14, d + 12), y + Math.max(0, d - 2)); ink.stroke(); }
}

function scale(el: HTMLElement, ink: CanvasRenderingContext2D, y: number, colour: string): void {
  const bar = el.querySelector<HTMLElement>('.maplibregl-ctrl-scale');
  if (!bar) return;
  ink.strokeStyle = ink.fillStyle = colour;
  ink.lineWidth = 1.5;
  ink.beginPath();
  ink.moveTo(16, y - 5); ink.lineTo(16, y); ink.lineTo(16 + bar.offsetWidth, y); ink.lineTo(16 + bar.offsetWidth, y - 5);
  ink.stroke();
  ink.fillText(bar.textContent ?? '', 22, y - 9);
}
