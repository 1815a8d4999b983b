/** Hours of a work center in a day or week. */

export interface Bucket {
  from: string;
  days: number;
  /** What its calendar has. */
  capacity: number;
  /** Of it, what stands: maintenance and breakdowns. */
  down: number;
  planned: number;
  firm: number;
  released: number;
}

export interface LoadOfCenter {
  work_center_id: number;
  name: string;
  units: number;
  buckets: Bucket[];
}

export function held(b: Bucket): number {
  return b.planned + b.firm + b.released;
}

/** Of what is open, so much is held; nothing to say where it is shut and idle. */
export function share(b: Bucket): number | null {
  const open = b.capacity - b.down;
  if (open > 0.005) return held(b) / open;
  return held(b) > 0 ? Number.POSITIVE_INFINITY : null;
}
