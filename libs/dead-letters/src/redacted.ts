import { scrubText } from '@falconpay/telemetry/redaction';

/** Ids of ours and UUIDs, whatever digits they have; else what could be a card's number: 12 digits and more in a row. */
const idOrDigits = /\b([a-z]{3}_[0-9a-z]{26}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b|\d{12,}/g;

/** What an error says, without what could be a card's number, in so many bytes at most. */
export const redacted = (text: string, bytesMax: number): string =>
  clip(
    scrubText(text.slice(0, 4 * bytesMax)).replace(idOrDigits, (_found, id?: string) => id ?? '[redacted]'),
    bytesMax,
  );

/** Cut where a character ends. */
function clip(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
