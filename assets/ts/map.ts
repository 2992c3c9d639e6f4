// Draws the map of a panel from one GeoJSON file of our own. No base tiles; names are HTML, so no glyphs are fetched.
//
// A feature says what it is by the property "kind": cell (with class q0…q5 or hidden, href, name), land, edge, rim,
// seat (name), site (name, and href where it leads somewhere) and blind (no, name, href). Positions are WGS-84.
import { type GeoJSONSource, Map as Drawing, Marker, NavigationControl, ScaleControl, setWorkerUrl, type LngLatBoundsLike, type StyleSpecification } from 'maplibre-gl';
import type { Feature, FeatureCollection, Position } from 'geojson';
import { picture } from './png';

type Props = { kind: string; class?: string; id?: string; name?: string; href?: string; no?: number };
type Place = Feature<GeoJSON.Geometry, Props>;

const classes = ['q0', 'q1', 'q2', 'q3', 'q4', 'q5'];

function positions(g: GeoJSON.Geometry, into: (p: Position) => void): void {
  if (g.type === 'GeometryCollection') { g.geometries.forEach((x) => positions(x, into)); return; }
  const walk = (c: unknown): void => { if (typeof (c as Position)[0] === 'number') into(c as Position); else (c as unknown[]).forEach(walk); };
  walk(g.coordinates);
}

function extent(places: Place[]): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const f of places) positions(f.geometry, ([x, y]) => { box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]; });
  return box;
}

function centre(f: Place): [number, number] {
  const b = extent([f]) ?? [0, 0, 0, 0];
  return [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2];
}

class Panel {
  private map!: Drawing;
  private cells: Place[] = [];
  private places: Place[] = [];
  private box: LngLatBoundsLike | null = null;
  private at = -1;
  private picked = '';

  constructor(private readonly el: HTMLElement) {}

  private colour(name: string): string { return getComputedStyle(this.el).getPropertyValue('--zd-' + name).trim() || '#888'; }
  private word(name: string): string { return this.el.dataset['word' + name] ?? ''; }

  async start(): Promise<void> {
    const wait = this.el.parentElement?.querySelector<HTMLElement>('.zd-mapwait');
    try {
      const answer = await fetch(this.el.dataset.src ?? '', { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = (await answer.json()) as FeatureCollection<GeoJSON.Geometry, Props>;
      this.places = data.features;
      this.cells = data.features.filter((f) => f.properties.kind === 'cell').sort((a, b) => (b.properties.class ?? '').localeCompare(a.properties.class ?? ''));
      this.box = extent(this.places);
      this.draw(data);
      wait?.remove();
    } catch {
      if (wait) { wait.textContent = this.word('Failed'); wait.setAttribute('role', 'alert'); }
    }
  }

  private draw(data: FeatureCollection<GeoJSON.Geometry, Props>): void {
    this.map = new Drawing({
      container: this.el, style: this.style(data), bounds: this.box ?? undefined, fitBoundsOptions: { padding: this.room(), maxZoom: 15 }, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, renderWorldCopies: false, fadeDuration: 0, cooperativeGestures: matchMedia('(pointer: coarse)').matches,
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
      locale: { 'NavigationControl.ZoomIn': this.word('In'), 'NavigationControl.ZoomOut': this.word('Out'), 'ScaleControl.Meters': this.word('M'), 'ScaleControl.Kilometers': this.word('Km'), 'Map.Title': this.el.dataset.label ?? '',
        'CooperativeGesturesHandler.MobileHelpText': this.word('Fingers'), 'CooperativeGesturesHandler.WindowsHelpText': this.word('Fingers'), 'CooperativeGesturesHandler.MacHelpText': this.word('Fingers') },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new ScaleControl({ maxWidth: 96, unit: 'metric' }), 'bottom-left');
    this.buttons();
    this.hatch();
    this.markers();
    this.map.on('click', 'cells', (e) => { const f = e.features?.[0]; if (f) this.pick(f.properties as Props, true); });
    this.map.on('mousemove', 'cells', (e) => { this.map.getCanvas().style.cursor = 'pointer'; this.map.getCanvas().title = String(e.features?.[0]?.properties.name ?? ''); });
    this.map.on('mouseleave', 'cells', () => { this.map.getCanvas().style.cursor = ''; this.map.getCanvas().title = ''; });
    this.map.on('click', 'site', (e) => { const href = (e.features?.[0]?.properties as Props | undefined)?.href; if (href) location.assign(href); }); // the table leads there as well
    this.map.on('mousemove', 'site', (e) => { this.map.getCanvas().style.cursor = e.features?.[0]?.properties.href ? 'pointer' : ''; this.map.getCanvas().title = String(e.features?.[0]?.properties.name ?? ''); });
    this.map.on('mouseleave', 'site', () => { this.map.getCanvas().style.cursor = ''; this.map.getCanvas().title = ''; });
    this.map.getCanvas().addEventListener('keydown', (e) => this.key(e));
    new MutationObserver(() => this.repaint()).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
    this.map.on('idle', () => { this.el.dataset.zdDrawn = String(this.map.queryRenderedFeatures({ layers: ['cells', 'site'] }).length); });
  }

  /** Space around the city, more where the legend lies. */
  private room() { const wide = this.el.clientWidth > 640; return { top: 24, bottom: 40, left: 24, right: wide ? 60 : 24 }; }

  private fill(): [string, ...unknown[]] {
    return ['match', ['get', 'class'], ...classes.flatMap((c) => [c, this.colour(c)]), this.colour('q0')];
  }

  private style(data: FeatureCollection<GeoJSON.Geometry, Props>): StyleSpecification {
    const is = (kind: string) => ['==', ['get', 'kind'], kind];
    const layers = [
      { id: 'back', type: 'background', paint: { 'background-color': this.colour('sunken') } },
      { id: 'land', type: 'fill', source: 'city', filter: is('land'), paint: { 'fill-color': this.colour('land') } },
      { id: 'cells', type: 'fill', source: 'city', filter: is('cell'), paint: { 'fill-color': this.fill(), 'fill-outline-color': this.colour('land') } },
      { id: 'edge', type: 'line', source: 'city', filter: is('edge'), paint: { 'line-color': this.colour('ink-2'), 'line-width': 1.1 }, layout: { 'line-join': 'round' } },
      { id: 'rim', type: 'line', source: 'city', filter: is('rim'), paint: { 'line-color': this.colour('ink'), 'line-width': 1.7 }, layout: { 'line-join': 'round' } },
      { id: 'site', type: 'circle', source: 'city', filter: is('site'), paint: { 'circle-radius': 3.5, 'circle-color': this.colour('surface'), 'circle-stroke-color': this.colour('ink'), 'circle-stroke-width': 1.5 } },
      { id: 'picked', type: 'line', source: 'city', filter: ['==', ['get', 'id'], ''], paint: { 'line-color': this.colour('gold'), 'line-width': 3 } },
    ];
    return { version: 8, sources: { city: { type: 'geojson', data, tolerance: 0.1 } }, layers } as unknown as StyleSpecification;
  }

  /** The pattern of a hidden cell: hatched, never the colour of zero. */
  private hatch(): void {
    const make = () => {
      const side = 12;
      const c = document.createElement('canvas');
      c.width = c.height = side;
      const ink = c.getContext('2d');
      if (!ink) return;
      ink.fillStyle = this.colour('land');
      ink.fillRect(0, 0, side, side);
      ink.strokeStyle = this.colour('ink-3');
      ink.lineWidth = 1.1;
      for (const shift of [-side, 0, side]) { ink.beginPath(); ink.moveTo(shift, side); ink.lineTo(shift + side, 0); ink.stroke(); }
      const image = ink.getImageData(0, 0, side, side);
      if (this.map.hasImage('hatch')) this.map.updateImage('hatch', image); else this.map.addImage('hatch', image, { pixelRatio: 2 });
    };
    this.rehatch = make;
    this.map.once('load', () => {
      make(); // before the layer that is drawn with it
      this.map.addLayer({ id: 'hidden', type: 'fill', source: 'city', filter: ['all', ['==', ['get', 'kind'], 'cell'], ['==', ['get', 'class'], 'hidden']], paint: { 'fill-pattern': 'hatch' } }, 'edge');
    });
  }
  private rehatch: () => void = () => {};

  private repaint(): void {
    const set = (layer: string, property: string, value: unknown) => { if (this.map.getLayer(layer)) this.map.setPaintProperty(layer, property as never, value as never); };
    set('back', 'background-color', this.colour('sunken'));
    set('land', 'fill-color', this.colour('land'));
    set('cells', 'fill-color', this.fill());
    set('cells', 'fill-outline-color', this.colour('land'));
    set('edge', 'line-color', this.colour('ink-2'));
    set('rim', 'line-color', this.colour('ink'));
    set('site', 'circle-color', this.colour('surface'));
    set('site', 'circle-stroke-color', this.colour('ink'));
    this.rehatch();
  }

  private markers(): void {
    for (const f of this.places) {
      const p = f.properties;
      if (p.kind === 'seat') {
        const el = document.createElement('span');
        el.className = 'zd-seat';
        el.textContent = p.name ?? '';
        new Marker({ element: el, anchor: 'left', offset: [-4, 0] }).setLngLat(centre(f)).addTo(this.map);
        el.setAttribute('aria-hidden', 'true'); // the names stand in the table as well
      } else if (p.kind === 'blind') {
        const el = document.createElement('a');
        el.className = 'zd-pin';
        el.textContent = String(p.no ?? '');
        el.href = p.href ?? '#';
        new Marker({ element: el }).setLngLat(centre(f)).addTo(this.map);
        el.setAttribute('aria-label', `${p.no ?? ''} ${p.name ?? ''}`);
        el.removeAttribute('role');
        el.addEventListener('click', (e) => { if (this.panel() && p.href) { e.preventDefault(); e.stopPropagation(); void this.show(p.href); } });
      }
    }
  }

  private buttons(): void {
    const group = this.el.querySelector('.maplibregl-ctrl-group');
    const icon = (button: Element | null | undefined, name: string) => {
      const art = document.getElementById('zd-art-' + name);
      if (button && art) button.append((art as HTMLTemplateElement).content.cloneNode(true));
    };
    icon(group?.querySelector('.maplibregl-ctrl-zoom-in'), 'plus');
    icon(group?.querySelector('.maplibregl-ctrl-zoom-out'), 'minus');
    const home = document.createElement('button');
    home.type = 'button';
    home.title = this.word('Home');
    home.setAttribute('aria-label', this.word('Home'));
    icon(home, 'focus-2');
    home.addEventListener('click', () => { if (this.box) this.map.fitBounds(this.box, { padding: this.room(), maxZoom: 15, animate: false }); });
    group?.append(home);
  }

  /** Comma and full stop walk the cells from the fullest down; Enter opens. Arrows and plus, minus are the library's. */
  private key(e: KeyboardEvent): void {
    if (e.key === 'Enter' && this.at >= 0) { this.pick(this.cells[this.at].properties, true); return; }
    const step = e.key === '.' ? 1 : e.key === ',' ? -1 : 0;
    if (!step || !this.cells.length) return;
    e.preventDefault();
    this.at = (this.at + step + this.cells.length) % this.cells.length;
    const f = this.cells[this.at];
    if (!this.map.getBounds().contains(centre(f))) this.map.jumpTo({ center: centre(f) });
    this.pick(f.properties, false);
  }

  private pick(p: Props, open: boolean): void {
    this.picked = p.id ?? '';
    this.map.setFilter('picked', ['==', ['get', 'id'], this.picked]);
    const said = this.el.parentElement?.querySelector<HTMLElement>('[data-zd-said]');
    if (said) said.textContent = p.name ?? '';
    if (open && p.href) void this.show(p.href);
  }

  private panel(): HTMLElement | null { return document.getElementById(this.el.dataset.zdCell ?? ''); }

  /** Fetches the small panel of a picked cell; without a place for it the cell's own page opens. */
  private async show(href: string): Promise<void> {
    const target = this.panel();
    if (!target) { location.assign(href); return; }
    try {
      const answer = await fetch(href, { headers: { 'Zd-Fragment': '1' }, credentials: 'same-origin' });
      if (!answer.ok || answer.redirected) { location.assign(href); return; }
      const parts = new DOMParser().parseFromString(await answer.text(), 'text/html').body.childNodes;
      target.replaceChildren(...parts);
      target.tabIndex = -1;
      target.focus();
    } catch { location.assign(href); }
  }

  save(name: string): void { picture(this.map, this.el, this.places, name); }
  source(): GeoJSONSource | undefined { return this.map.getSource('city'); }
}

function start(): void {
  const worker = document.querySelector<HTMLElement>('[data-zd-map][data-worker]')?.dataset.worker;
  if (worker) setWorkerUrl(new URL(worker, location.href).href);
  for (const el of document.querySelectorAll<HTMLElement>('[data-zd-map]')) {
    const panel = new Panel(el);
    void panel.start();
    document.querySelectorAll<HTMLElement>(`[data-zd-png="${CSS.escape(el.id)}"]`).forEach((b) => {
      b.hidden = false;
      b.addEventListener('click', () => panel.save(b.dataset.name ?? 'map.png'));
    });
  }
}
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
