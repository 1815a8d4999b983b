import type { Row } from '../../api/client';
import type { Entity } from '../../api/model';
import { listQuery } from '../../api/odata';

export interface Known {
  id: number;
  code: string;
  kind: string;
  tracked_by?: string;
  shelf_life_days?: number | null;
}

/** The codes of the articles on these lines, which scanners read. */
export function productCodes(product: Entity | undefined, lines: Row[]) {
  const ids = [...new Set(lines.map((l) => l.product_id).filter((id): id is number => typeof id === 'number'))];
  const filter = `id in (${ids.length > 0 ? ids.join(',') : 0})`;
  return {
    ...listQuery<Known>(product as Entity, {
      filter,
      select: ['id', 'code', 'kind', 'tracked_by', 'shelf_life_days'],
      top: 500,
    }),
    enabled: product !== undefined && ids.length > 0,
  };
}
