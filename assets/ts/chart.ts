// Draws the figures of a table on the same page; the table stays the source and is what one reads aloud and prints.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const fewest = 3; // values; fewer are said in words
type Series = { name: string; data: (number | null)[] };

function figures(table: HTMLTableElement, columns: number[]): { names: string[]; series: Series[] } {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const names: string[] = [];
  const series = columns.map((c) => ({ name: heads[c]?.textContent?.trim() ?? '', data: [] as (number | null)[] }));
  for (const row of table.querySelectorAll<HTMLTableRowElement>('tbody tr:not(.sum):not(.sub)')) {
    names.push(row.cells[0]?.textContent?.trim() ?? '');
    columns.forEach((c, i) => {
      const raw = row.cells[c]?.dataset.value;
      series[i].data.push(raw === undefined || raw === '' ? null : Number(raw)); // a hidden figure is a gap, never zero
    });
  }
  return { names, series };
}

function draw(box: HTMLElement): void {
  const table = document.getElementById(box.dataset.table ?? '') as HTMLTableElement | null;
  if (!table) return;
  const { names, series } = figures(table, (box.dataset.columns ?? '1').split(',').map(Number));
  if (series.every((s) => s.data.filter((v) => v !== null).length < fewest)) { box.hidden = true; return; }
  const colour = (name: string) => getComputedStyle(box).getPropertyValue('--zd-' + name).trim();
  const chart = echarts.getInstanceByDom(box) ?? echarts.init(box, undefined, { renderer: 'svg' });
  const text = { color: colour('ink-2'), fontFamily: getComputedStyle(box).fontFamily, fontSize: 12 };
  chart.setOption({
    animation: false,
    color: ['q4', 'gold', 'q2', 'ink-3'].map(colour),
    textStyle: text,
    aria: { enabled: true, decal: { show: series.length > 1 } },
    tooltip: { trigger: 'axis', renderMode: 'richText', backgroundColor: colour('surface'), borderColor: colour('line-2'), textStyle: text },
    legend: series.length > 1 ? { top: 0, textStyle: text } : undefined,
    grid: { left: 8, right: 16, top: series.length > 1 ? 32 : 12, bottom: 8, outerBoundsMode: 'same' },
    xAxis: { type: 'category', data: names, axisLabel: text, axisLine: { lineStyle: { color: colour('line-2') } }, axisTick: { show: false } },
    yAxis: { type: 'value', axisLabel: text, splitLine: { lineStyle: { color: colour('line') } } },
    series: series.map((s) => ({ ...s, type: box.dataset.zdChart === 'line' ? 'line' : 'bar', barMaxWidth: 36 })),
  }, true);
  box.setAttribute('aria-hidden', 'true');
}

function all(): void { document.querySelectorAll<HTMLElement>('[data-zd-chart]').forEach(draw); }
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', all);
else all();
new MutationObserver(all).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
addEventListener('resize', () => document.querySelectorAll<HTMLElement>('[data-zd-chart]').forEach((b) => echarts.getInstanceByDom(b)?.resize()));
