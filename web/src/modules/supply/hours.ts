/** Hours of a work center in a day, week, month or quarter. */

/** What orders hold as they are planned; what end items need, planned or not. */
export const DETAILED = ['released', 'firm', 'planned'] as const;
export const ROUGH = ['past_due', 'orders', 'forecast'] as const;
export type Part = (typeof DETAILED)[number] | (typeof ROUGH)[number];
export const PARTS: readonly Part[] = [...DETAILED, ...ROUGH];

export type Bucket = {
  from: string;
  days: number;
  /** What its calendar has. */
  capacity: number;
  /** Of it, what stands: maintenance and breakdowns. */
  down: number;
} & { [part in Part]?: number };

export interface LoadOfCenter {
  work_center_id: number;
  name: string;
  units: number;
  buckets: Bucket[];
}

export function held(b: Bucket): number {
  return PARTS.reduce((sum, part) => sum + (b[part] ?? 0), 0);
}

/** Of what is open, so much is held; nothing to say where it is shut and idle. */
export function share(b: Bucket): number | null {
  const open = b.capacity - b.down;
  if (open > 0.005) return held(b) / open;
  return held(b) > 0 ? Number.POSITIVE_INFINITY : null;
}

/** A bar, and how full it is. */
export interface Full {
  center: LoadOfCenter;
  bucket: Bucket;
  share: number;
}

/** The fullest bar of each work center that holds anything, the fullest first. */
export function fullest(rows: LoadOfCenter[]): Full[] {
  const of = (center: LoadOfCenter): Full[] => {
    const bars = center.buckets.map((bucket) => ({ center, bucket, share: share(bucket) ?? 0 }));
    return bars.sort((a, b) => b.share - a.share).slice(0, 1);
  };
  return rows
    .flatMap(of)
    .filter((bar) => bar.share > 0)
    .sort((a, b) => b.share - a.share);
}
