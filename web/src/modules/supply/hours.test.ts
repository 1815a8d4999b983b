import { expect, test } from 'vitest';
import { type Bucket, fullest, held, type LoadOfCenter, share } from './hours';

const bucket = (more: Partial<Bucket>): Bucket => ({ from: '2027-01-01', days: 31, capacity: 10, down: 0, ...more });
const center = (name: string, ...buckets: Bucket[]): LoadOfCenter => ({ work_center_id: 1, name, units: 1, buckets });

test('what holds a bar, of what is open', () => {
  const b = bucket({ past_due: 1, orders: 2, forecast: 3, down: 2 });
  expect([held(b), share(b)]).toEqual([6, 0.75]);
  expect(share(bucket({ capacity: 0 }))).toBe(null);
  expect(share(bucket({ capacity: 0, planned: 1 }))).toBe(Number.POSITIVE_INFINITY);
});

test('the fullest bar of each work center, the fullest first, none that is empty', () => {
  const rows = [
    center('saw', bucket({ orders: 5 }), bucket({ from: '2027-02-01', forecast: 12 })),
    center('idle', bucket({}), bucket({ capacity: 0 })),
    center('bench', bucket({ orders: 20 })),
  ];
  expect(fullest(rows).map((bar) => [bar.center.name, bar.bucket.from, bar.share])).toEqual([
    ['bench', '2027-01-01', 2],
    ['saw', '2027-02-01', 1.2],
  ]);
});
