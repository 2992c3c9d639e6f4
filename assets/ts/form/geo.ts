import type { Fn } from './functions';
import { spread } from './functions';
import { type Value, toNumber } from './value';

/** The radius in metres by which ODK's clients measure. */
const earth = 6378100;

interface Point { lat: number; lon: number }

function points(args: Value[]): Point[] {
  return spread(args).flatMap((t) => t.split(';')).map((one) => one.trim().split(/\s+/)).filter((p) => p.length >= 2)
    .map((p) => ({ lat: toNumber(p[0]), lon: toNumber(p[1]) })).filter((p) => Math.abs(p.lat) <= 90 && Math.abs(p.lon) <= 180);
}

const rad = (degrees: number): number => (degrees * Math.PI) / 180;

function distance(line: Point[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    const [u, v] = [Math.sin(rad(b.lat - a.lat) / 2), Math.sin(rad(b.lon - a.lon) / 2)];
    sum += 2 * earth * Math.asin(Math.sqrt(u * u + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * v * v));
  }
  return sum;
}

function area(ring: Point[]): number {
  if (ring.length < 3) return 0;
  const sum = ring.reduce((s, a, i) => {
    const b = ring[(i + 1) % ring.length];
    return s + rad(b.lon - a.lon) * (2 + Math.sin(rad(a.lat)) + Math.sin(rad(b.lat)));
  }, 0);
  return Math.abs((sum * earth * earth) / 2);
}

function inside(p: Point, ring: Point[]): boolean {
  let within = false;
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length];
    if (a.lat > p.lat !== b.lat > p.lat && p.lon < ((b.lon - a.lon) * (p.lat - a.lat)) / (b.lat - a.lat) + a.lon) within = !within;
  });
  return within;
}

export const geoFunctions: Record<string, Fn> = {
  'distance': { of: (_, a) => distance(points(a)) },
  'area': { of: (_, a) => area(points(a)) },
  'geofence': { of: (_, a) => { const p = points(a.slice(0, 1)); return p.length === 1 && inside(p[0], points(a.slice(1))); } },
};
