/** `Cesta 12, 4220 Škofja Loka` as street, postal code and town. */
export function readAddress(typed: string): { street?: string; postal_code?: string; town?: string } {
  const text = typed.trim().replace(/\s+/g, ' ');
  if (text === '') return {};
  const found = /^(.*?)[,;]?\s*\b(?:[A-Z]{1,2}-)?(\d{4,5})\s+(.+)$/.exec(text);
  if (!found) return { street: text };
  const [, street = '', postal_code = '', town = ''] = found;
  return { ...(street ? { street: street.replace(/[,;]\s*$/, '') } : {}), postal_code, town };
}
