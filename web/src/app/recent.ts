/** Records opened lately, in this browser. */
import type { Hit } from '../api/odata';

const KEY = 'celota.recent';
const MOST = 12;

export function recent(): Hit[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Hit[];
  } catch {
    return [];
  }
}

export function remember(hit: Hit): void {
  const rest = recent().filter((h) => h.id !== hit.id);
  localStorage.setItem(KEY, JSON.stringify([hit, ...rest].slice(0, MOST)));
}
