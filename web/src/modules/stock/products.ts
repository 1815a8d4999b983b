import type { Row } from '../../api/client';
import type { Entity } from '../../api/model';
import { listQuery } from '../../api/odata';

/** The codes of the articles on these lines, which scanners read. */
export function productCodes(product: Entity | undefined, lines: Row[]) {
  const ids = [...new Set(lines.map((l) => l.product_id).filter((id): id is number => typeof id === 'number'))];
  const filter = `id in (${ids.length > 0 ? ids.join(',') : 0})`;
  return {
    ...listQuery<{ id: number; code: string; kind: string }>(product as Entity, {
      filter,
      select: ['id', 'code', 'kind'],
      top: 500,
    }),
    enabled: product !== undefined && ids.length > 0,
  };
}
